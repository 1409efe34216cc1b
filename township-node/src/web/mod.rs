//! The office's pages: what the clerk sees all day, served by the node itself to the browser on the same PC.
//!
//! Read in this order: [`route`] says what a route is, [`pages`] which there are, [`handle`] is the way of one request
//! through them; [`guard`] judges where a request comes from; [`house`] is what all requests share; [`frame`] what all
//! pages have in common. The sockets are [`shared::http`]'s, what pages are made of is [`shared::ui`].
//!
//! The pages outlive the store: while the node is not set up, being opened or cannot be opened, they say so. No rule about
//! records lives here; a page reads what was asked, sees whether he may ask it, calls [`crate::app`], and presents.

mod body;
mod controls;
mod frame;
mod guard;
mod handle;
mod house;
mod pages;
mod route;
mod said;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use shared::code::ErrorCode;
use shared::http::{Certificate, Door, Lock, NoCertificate, is_own};
use shared::net::clock::Clock as NetClock;
use shared::program::{Failure, Output, text};
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::host::Host;
use house::House;

pub use house::Ticks;

/// A route, for those who look at all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RouteLine {
    pub id: &'static str,
    /// `GET` or `POST`.
    pub method: &'static str,
    /// With `{name}` for what varies.
    pub path: &'static str,
}

/// Everything that can be asked.
pub fn routes() -> Vec<RouteLine> {
    let line = |route: &route::Route| RouteLine {
        id: route.id,
        method: match route.method {
            route::Method::Get => "GET",
            route::Method::Post => "POST",
        },
        path: route.path,
    };
    pages::ROUTES.iter().copied().flatten().map(line).collect()
}

/// File under the data folder with the certificate of our own making.
const CERTIFICATE: &str = "pages.pem";

/// The pages, with their socket.
pub struct Pages {
    door: Door,
    house: Arc<House>,
    fingerprint: Option<String>,
}

impl Pages {
    /// Takes the address that the settings name; nothing is answered yet. `None` where they say `off`.
    ///
    /// # Errors
    /// `Setup`: the address cannot be listened on, or there is no certificate for it.
    pub async fn bind(host: &Host, config: &Config) -> Result<Option<Self>, Failure> {
        Self::bind_by(host, config, Arc::new(crate::clock::ticks_ms)).await
    }

    /// As [`Pages::bind`]; idle sessions are counted by these ticks.
    ///
    /// # Errors
    /// As [`Pages::bind`].
    pub async fn bind_by(host: &Host, config: &Config, ticks: Ticks) -> Result<Option<Self>, Failure> {
        let Some(address) = config.web.listen else { return Ok(None) };
        let certificate = if is_own(address) { None } else { Some(certificate(host, config, address)?) };
        let fingerprint = certificate.as_ref().map(|certificate| certificate.fingerprint.clone());
        let door = Door::bind(
            address,
            certificate.map(|certificate| -> Lock { Arc::new(move || certificate.config.clone()) }),
        );
        let door = door.await?;
        let bound = door.address().map_err(Failure::internal)?;
        let house = Arc::new(House::new(host.clone(), config, bound, ticks));
        Ok(Some(Self { door, house, fingerprint }))
    }

    /// Where the pages are.
    pub fn address(&self) -> SocketAddr {
        self.house.address()
    }

    /// The one-time code without which nobody sets the office up from another machine.
    pub fn set_up_code(&self) -> &str {
        self.house.set_up_code()
    }

    /// Says on the terminal where the pages are, and what is to be compared.
    pub fn announce(&self, out: &Output) {
        let address = self.address();
        match &self.fingerprint {
            None => out.note(&text(format!("网页：http://{address}/"), format!("Pages: http://{address}/"))),
            Some(fingerprint) => out.note(&text(
                format!("网页：https://{address}/\n证书指纹（SHA-256）：{fingerprint}"),
                format!("Pages: https://{address}/\nFingerprint of the certificate (SHA-256): {fingerprint}"),
            )),
        }
        if self.house.wants_set_up() && !is_own(address) {
            let code = self.set_up_code();
            out.note(&text(
                format!("从别的电脑初次设置时要填的验证码：{code}"),
                format!("Code for setting up from another machine: {code}"),
            ));
        }
    }

    /// Answers until `stop` fires.
    pub async fn serve(self, stop: CancellationToken) {
        self.door.serve(handle::router(self.house), stop).await;
    }
}

fn certificate(host: &Host, config: &Config, address: SocketAddr) -> Result<Certificate, Failure> {
    let clock = host.clock().clone();
    let clock = NetClock::new(move || clock.now_ms());
    let made = match &config.web.certificate {
        Some((chain, key)) => Certificate::load(chain, key, clock),
        None => {
            std::fs::create_dir_all(host.data()).map_err(Failure::internal)?;
            Certificate::own(&host.data().join(CERTIFICATE), &names(config, address.ip()), clock)
        }
    };
    made.map_err(|why: NoCertificate| {
        Failure::new(
            ErrorCode::Setup,
            format!("网页地址 {address} 不是本机地址，要用 https，但没有可用的证书。"),
            format!("The pages' address {address} is not this machine's own, so they need https; there is no certificate for it."),
        )
        .because(why)
        .advise(
            "请检查 web.certificate 和 web.key，或把 web.listen 改回 127.0.0.1。",
            "Look at web.certificate and web.key, or set web.listen to 127.0.0.1.",
        )
    })
}

/// Names that the certificate of our own making holds.
fn names(config: &Config, address: IpAddr) -> Vec<String> {
    let mut names = config.web.names.clone();
    names.push("localhost".to_owned());
    names.extend((!address.is_unspecified()).then(|| address.to_string()));
    names
}
