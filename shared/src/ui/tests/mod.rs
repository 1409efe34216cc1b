mod dom;
mod forms;
mod pages;
mod parts;
mod values;
