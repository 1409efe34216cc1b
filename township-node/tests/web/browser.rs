//! A browser as far as these tests need one: HTTP/1.1, cookies, forms with their tokens.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Where it leads.
    pub fn location(&self) -> &str {
        self.header("location").unwrap_or_default()
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{:?}\n{}", self.headers, self.body);
        self
    }

    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(self.body.contains(text), "no {text:?} in\n{}", self.body);
        self
    }

    /// The value of a hidden or other control.
    pub fn value(&self, name: &str) -> Option<String> {
        let at = self.body.find(&format!("name=\"{name}\""))?;
        let tag = &self.body[at..at + self.body[at..].find('>')?];
        let value = tag.split_once("value=\"")?.1;
        Some(unescaped(value.split('"').next()?))
    }
}

fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

pub fn encoded(text: &str) -> String {
    shared::ui::address::encoded(text)
}

/// One person's browser.
#[derive(Debug, Clone)]
pub struct Browser {
    pub address: SocketAddr,
    pub cookies: BTreeMap<String, String>,
    /// Of the page seen last.
    token: String,
}

impl Browser {
    pub fn new(address: SocketAddr) -> Self {
        Self { address, cookies: BTreeMap::new(), token: String::new() }
    }

    pub fn session(&self) -> Option<&str> {
        self.cookies
            .iter()
            .find(|(name, _)| name.starts_with("xianglian-") && !name.ends_with("lang"))
            .map(|(_, value)| value.as_str())
    }

    pub fn token(&self) -> &str {
        &self.token
    }

    /// A request as it stands, with the cookies; what comes back is remembered.
    pub async fn raw(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            head.push_str(&format!("Host: {}\r\n", self.address));
        }
        if !cookies.is_empty() {
            head.push_str(&format!("Cookie: {}\r\n", cookies.join("; ")));
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
        let answer = tokio::time::timeout(PATIENCE, exchange(self.address, head.into_bytes(), body.to_vec()));
        let answer = answer.await.expect("an answer in time");
        for (_, cookie) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (pair, rest) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').expect("a cookie");
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name)
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned())
            };
        }
        if let Some(token) = answer.value("token") {
            self.token = token;
        }
        answer
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.raw("GET", path, &[], &[]).await
    }

    /// Reads on until a page comes.
    pub async fn follow(&mut self, path: &str) -> Answer {
        let mut path = path.to_owned();
        for _ in 0..5 {
            let answer = self.get(&path).await;
            if answer.status != 303 {
                return answer;
            }
            path = answer.location().to_owned();
        }
        panic!("led round and round: {path}");
    }

    /// A form as a page of ours sends it, with the token of the page seen last.
    pub async fn post(&mut self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        let token = self.token.clone();
        let mut pairs = pairs.to_vec();
        pairs.push(("token", &token));
        self.post_bare(path, &pairs).await
    }

    /// The same without the token.
    pub async fn post_bare(&mut self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        let origin = format!("http://{}", self.address);
        self.post_from(path, pairs, &[("Origin", &origin), ("Sec-Fetch-Site", "same-origin")]).await
    }

    /// The same, from wherever the headers say.
    pub async fn post_from(
        &mut self,
        path: &str,
        pairs: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut all = vec![("Content-Type", "application/x-www-form-urlencoded")];
        all.extend_from_slice(headers);
        self.raw("POST", path, &all, body(pairs).as_bytes()).await
    }

    /// A form with files (control, name, content), as a page of ours sends it.
    pub async fn post_files(
        &mut self,
        path: &str,
        pairs: &[(&str, &str)],
        files: &[(&str, &str, &[u8])],
    ) -> Answer {
        let token = self.token.clone();
        let mut body = Vec::new();
        for (name, value) in pairs.iter().chain(&[("token", &*token)]) {
            body.extend(
                format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                    .bytes(),
            );
        }
        for (control, name, content) in files {
            body.extend(format!("--edge\r\nContent-Disposition: form-data; name=\"{control}\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n").bytes());
            body.extend_from_slice(content);
            body.extend(b"\r\n");
        }
        body.extend(b"--edge--\r\n");
        let origin = format!("http://{}", self.address);
        let headers = [("Origin", &*origin), ("Content-Type", "multipart/form-data; boundary=edge")];
        self.raw("POST", path, &headers, &body).await
    }

    pub async fn log_in(&mut self, login: &str, password: &str) -> Answer {
        self.post_bare("/login", &[("account", login), ("password", password)]).await
    }
}

pub fn body(pairs: &[(&str, &str)]) -> String {
    pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect::<Vec<_>>()
        .join("&")
}

async fn exchange(address: SocketAddr, head: Vec<u8>, body: Vec<u8>) -> Answer {
    let mut stream = TcpStream::connect(address).await.expect("the pages listen");
    stream.write_all(&head).await.expect("the head is taken");
    // A server that has refused already may have closed.
    let _ = stream.write_all(&body).await;
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let mut lines = head.lines();
    let status =
        lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok()).unwrap_or(0);
    let header =
        |line: &str| line.split_once(": ").map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    Answer { status, headers: lines.filter_map(header).collect(), body: body.to_owned() }
}
