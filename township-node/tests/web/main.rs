//! The office's pages over real sockets, with a real node in a folder of its own.

mod bed;
mod browser;

mod access;
mod forms;
mod lists;
mod login;
mod setup;
mod standing;
mod walk;
