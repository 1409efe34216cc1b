//! The sockets: one connection after another, what is too much, and how the door closes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use county_hub::Hub;
use county_hub::app::App;
use county_hub::config::{Config, settle};
use shared::http::Door;
use shared::program::SystemClock;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How long anything here may take at most.
const PATIENCE: Duration = Duration::from_secs(60);

struct Open {
    address: SocketAddr,
    stop: CancellationToken,
    serving: JoinHandle<bool>,
    _folder: TempDir,
}

async fn open() -> Open {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("hub");
    let given = [("county.code", "330282".to_owned()), ("county.name", "慈溪市".to_owned())];
    App::init(&data, &given, &SystemClock).expect("a new hub");
    let flags = vec![("web.listen", "127.0.0.1:0".to_owned())];
    let config = Config::new(&data, &settle(&data, flags).expect("settings")).expect("settings");
    let hub = Hub::open(config, Arc::new(SystemClock)).expect("a hub");
    let door: Door = hub.http_door().await.expect("an address").expect("a door");
    assert!(!door.secure());
    let address = door.address().expect("an address");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let stop = CancellationToken::new();
    let closing = stop.clone();
    let serving = tokio::spawn(async move { hub.serve_with(listener, Some(door), closing).await.is_ok() });
    Open { address, stop, serving, _folder: folder }
}

impl Open {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("the door is open")
    }

    async fn close(self) {
        self.stop.cancel();
        let ended = tokio::time::timeout(PATIENCE, self.serving).await.expect("in time");
        assert!(ended.expect("the hub's task"), "the hub ends in order");
    }
}

/// Everything until the other side closes.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A side that closes with something unread resets the connection; what it said before stands.
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("in time");
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn say(stream: &mut TcpStream, text: &str) -> String {
    stream.write_all(text.as_bytes()).await.expect("written");
    rest(stream).await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_carries_many_requests_and_ends_when_told() {
    let door = open().await;
    let mut stream = door.connect().await;
    let first = "GET /api/v1/openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    let last = "HEAD /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    let text = say(&mut stream, &format!("{first}{first}{last}")).await;
    assert_eq!(text.matches("HTTP/1.1 200 OK").count(), 3, "{text}");
    assert!(text.contains("\"openapi\":\"3.1.0\""));
    door.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_much_is_refused() {
    let door = open().await;
    let mut stream = door.connect().await;
    let long = "x".repeat(20 * 1024);
    let text = say(&mut stream, &format!("GET /metrics HTTP/1.1\r\nHost: a\r\nX: {long}\r\n\r\n")).await;
    assert!(text.starts_with("HTTP/1.1 431"), "{text}");
    let mut stream = door.connect().await;
    let many: String = (0..100).map(|n| format!("X-{n}: 1\r\n")).collect();
    let text = say(&mut stream, &format!("GET /metrics HTTP/1.1\r\nHost: a\r\n{many}\r\n")).await;
    assert!(text.starts_with("HTTP/1.1 431"), "{text}");
    let mut stream = door.connect().await;
    let text = say(&mut stream, "\u{16}\u{3}\u{1} this is not HTTP\r\n\r\n").await;
    assert!(text.starts_with("HTTP/1.1 400"), "{text}");
    door.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_door_that_closes_lets_idle_callers_go() {
    let door = open().await;
    let mut stream = door.connect().await;
    stream.write_all(b"HEAD /api/v1/openapi.json HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("written");
    let mut head = [0; 12];
    stream.read_exact(&mut head).await.expect("an answer");
    assert_eq!(&head, b"HTTP/1.1 200");
    // The connection is kept open by the caller; the hub ends all the same, and at once.
    let silent = door.connect().await;
    door.close().await;
    rest(&mut stream).await;
    drop(silent);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_taken_is_said_with_the_way_out() {
    let taken = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("hub");
    let given = [("county.code", "330282".to_owned()), ("county.name", "慈溪市".to_owned())];
    App::init(&data, &given, &SystemClock).expect("a new hub");
    let at = |value: String| {
        let settings = settle(&data, vec![("web.listen", value)]).expect("settings");
        Config::new(&data, &settings)
    };
    let address = taken.local_addr().expect("an address").to_string();
    let hub = Hub::open(at(address).expect("settings"), Arc::new(SystemClock)).expect("a hub");
    let failure = hub.http_door().await.err().expect("the address is taken");
    assert!(failure.said.advice.is_some_and(|advice| advice.en.contains("web.listen")));
    assert_eq!(at("off".into()).expect("settings").web, None);
    assert!(at("nonsense".into()).is_err());
}
