//! The running hub's side: answers the sub-commands of the same machine.

use std::path::Path;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use shared::code::ErrorCode;
use shared::program::Failure;

use super::wire::Reply;
use crate::app::App;
use crate::app::ask::Request;
use crate::limits;

/// Listens for sub-commands until the token is cancelled.
pub struct Desk {
    #[cfg(unix)]
    listener: tokio::net::UnixListener,
    path: std::path::PathBuf,
}

#[cfg(unix)]
impl Desk {
    /// Takes the socket of the data folder. The caller holds the store, so no other hub can be listening there.
    ///
    /// # Errors
    /// The folder cannot be made or the socket not bound (a path that is too long, for example).
    pub fn open(data: &Path) -> std::io::Result<Self> {
        super::make_folder(data)?;
        let path = super::socket_path(data);
        if path.as_os_str().len() > limits::SOCKET_PATH_BYTES_MAX {
            return Err(std::io::Error::other(format!(
                "{} is longer than {} bytes",
                path.display(),
                limits::SOCKET_PATH_BYTES_MAX
            )));
        }
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        Ok(Self { listener: tokio::net::UnixListener::bind(&path)?, path })
    }

    pub async fn serve(self, app: Arc<App>, stop: CancellationToken) {
        let places = Arc::new(tokio::sync::Semaphore::new(limits::DESK_REQUESTS_MAX));
        loop {
            let Ok(place) = places.clone().acquire_owned().await else { break };
            let stream = tokio::select! {
                () = stop.cancelled() => break,
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => stream,
                    Err(error) => {
                        tracing::warn!(%error, "a sub-command could not be accepted");
                        tokio::task::yield_now().await;
                        continue;
                    }
                },
            };
            let app = app.clone();
            tokio::spawn(async move {
                if let Err(error) = attend(stream, app).await {
                    tracing::debug!(%error, "a sub-command broke off");
                }
                drop(place);
            });
        }
        // From here on sub-commands open the store themselves, as soon as this process has let go of it.
        let _ = std::fs::remove_file(&self.path);
    }
}

#[cfg(not(unix))]
impl Desk {
    /// # Errors
    /// Always: there are no such sockets on this system.
    pub fn open(data: &Path) -> std::io::Result<Self> {
        let path = super::socket_path(data);
        Err(std::io::Error::other(format!("{} cannot be a socket on this system", path.display())))
    }

    pub async fn serve(self, _app: Arc<App>, stop: CancellationToken) {
        stop.cancelled().await;
    }
}

#[cfg(unix)]
async fn attend(stream: tokio::net::UnixStream, app: Arc<App>) -> std::io::Result<()> {
    use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
    let (read, mut write) = stream.into_split();
    let mut line = Vec::new();
    let reading = async {
        BufReader::new(read.take(limits::DESK_REQUEST_BYTES_MAX)).read_until(b'\n', &mut line).await
    };
    tokio::time::timeout(limits::DESK_WRITE_WAIT, reading).await.map_err(std::io::Error::other)??;
    if line.is_empty() {
        // Somebody asked whether the hub is running.
        return Ok(());
    }
    // The work goes on if the sub-command is interrupted: a commit is never left half thought.
    let reply = tokio::task::spawn_blocking(move || answer(&app, &line)).await;
    let reply = reply.unwrap_or_else(|error| Err(Failure::internal(error)));
    let reply: Reply = reply.map_err(|failure| Box::new(failure.into()));
    let mut bytes = serde_json::to_vec(&reply).map_err(std::io::Error::other)?;
    bytes.push(b'\n');
    tokio::time::timeout(limits::DESK_WRITE_WAIT, write.write_all(&bytes))
        .await
        .map_err(std::io::Error::other)?
}

fn answer(app: &App, line: &[u8]) -> Result<serde_json::Value, Failure> {
    let request: Request = serde_json::from_slice(line).map_err(|error| {
        Failure::new(
            ErrorCode::Usage,
            "正在运行的县级枢纽版本不同，看不懂这条命令。",
            "The running hub is of another version and does not know this command.",
        )
        .advise("请用新版本重新启动县级枢纽。", "Start the hub again with the new version.")
        .because(error)
    })?;
    request.answer(app)
}
