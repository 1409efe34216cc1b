//! The office's pages over real sockets, with a real node in a folder of its own.

mod bed;
mod browser;

mod access;
mod forms;
mod login;
mod lists;
mod setup;
mod standing;
mod walk;
