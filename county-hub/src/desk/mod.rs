//! How the sub-commands reach the data, whether or not the hub is running.
//!
//! One process holds the store. While `run` is that process, a sub-command hands its request to it over a Unix socket in
//! the data folder (`desk/socket`; the folder can be entered by its owner alone); otherwise the sub-command opens the
//! store itself. The request, the answer and the code that answers are the same either way, so nothing has to be
//! restarted for a township to be added, revoked or re-enrolled, and every change takes effect at once.
//!
//! On the socket: one line of JSON there, one line back, then the connection is closed.

mod server;
mod wire;

use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

pub use server::Desk;

use crate::app::App;
use crate::app::ask::{Ask, Request};
use crate::limits;
use shared::code::ErrorCode;
use shared::program::Failure;
use wire::Reply;

/// Where the socket of a data folder is.
pub fn socket_path(data: &Path) -> PathBuf {
    data.join("desk").join("socket")
}

/// The hub as a sub-command sees it.
pub enum Counter {
    /// Nobody else has the store: this process has opened it.
    Own(Box<App>),
    /// The running hub.
    Running(PathBuf),
}

impl Counter {
    /// The running hub if there is one, else the store opened by `open`.
    ///
    /// # Errors
    /// What `open` gives.
    pub fn reach(data: &Path, open: impl FnOnce() -> Result<App, Failure>) -> Result<Self, Failure> {
        let path = socket_path(data);
        match connect(&path) {
            Ok(Some(_)) => Ok(Self::Running(path)),
            Ok(None) => open().map(|app| Self::Own(Box::new(app))),
            Err(fault) => Err(fault),
        }
    }

    /// Whether a hub runs on the data folder.
    ///
    /// # Errors
    /// Somebody may be listening, but cannot be reached.
    pub fn running(data: &Path) -> Result<bool, Failure> {
        connect(&socket_path(data)).map(|stream| stream.is_some())
    }

    pub fn is_running(&self) -> bool {
        matches!(self, Self::Running(_))
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// What the hub says to the request; `Unavailable` if the running hub went away.
    pub fn ask<A: Ask>(&self, ask: A) -> Result<A::Answer, Failure> {
        match self {
            Self::Own(app) => ask.answer(app),
            Self::Running(path) => {
                let value = forward(path, &ask.into())?.map_err(|wire| Failure::from(*wire))?;
                serde_json::from_value(value).map_err(Failure::internal)
            }
        }
    }
}

fn gone(why: impl std::fmt::Display) -> Failure {
    Failure::new(ErrorCode::Unavailable, "正在运行的县级枢纽没有应答。", "The running hub does not answer.")
        .because(why)
}

#[cfg(unix)]
type Stream = std::os::unix::net::UnixStream;

/// A connection to the running hub; `None` when nobody listens.
#[cfg(unix)]
fn connect(path: &Path) -> Result<Option<Stream>, Failure> {
    match Stream::connect(path) {
        Ok(stream) => Ok(Some(stream)),
        // A hub that was killed leaves its socket behind; nobody listens on it.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => Ok(None),
        // Too long for a socket's name: then no hub can be listening there either.
        Err(error) if error.kind() == ErrorKind::InvalidInput => Ok(None),
        Err(error) => Err(gone(error)),
    }
}

#[cfg(not(unix))]
fn connect(_path: &Path) -> Result<Option<std::net::TcpStream>, Failure> {
    Ok(None)
}

fn forward(path: &Path, request: &Request) -> Result<Reply, Failure> {
    let Some(mut stream) = connect(path)? else { return Err(gone("the socket is closed")) };
    stream.set_write_timeout(Some(limits::DESK_WRITE_WAIT)).map_err(gone)?;
    stream.set_read_timeout(Some(limits::DESK_ANSWER_WAIT)).map_err(gone)?;
    let mut line = serde_json::to_vec(request).map_err(Failure::internal)?;
    line.push(b'\n');
    if line.len() as u64 > limits::DESK_REQUEST_BYTES_MAX {
        return Err(Failure::new(ErrorCode::Invalid, "输入内容过大。", "The request is too large."));
    }
    stream.write_all(&line).map_err(gone)?;
    let mut answer = Vec::new();
    BufReader::new(stream.take(limits::DESK_ANSWER_BYTES_MAX))
        .read_until(b'\n', &mut answer)
        .map_err(gone)?;
    if answer.last() != Some(&b'\n') {
        return Err(gone("the answer broke off"));
    }
    serde_json::from_slice(&answer).map_err(gone)
}

/// Makes the folder of the socket, closed to others.
pub(crate) fn make_folder(data: &Path) -> std::io::Result<()> {
    let folder = data.join("desk");
    fs::create_dir_all(&folder)?;
    #[cfg(unix)]
    fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}
