use clap::Args;
use shared::code::ErrorCode;
use shared::program::{Failure, start_logging, text};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::Desk;
use crate::config::Config;
use crate::desk::Counter;
use crate::hub::Hub;

/// 启动县级枢纽 / Runs the hub until it is told to stop
#[derive(Debug, Args)]
pub(super) struct Run {
    /// 监听地址 / address to listen on
    #[arg(long)]
    listen: Option<String>,
    /// HTTP 地址，off 为不开 / address of the HTTP door; off: none
    #[arg(long, value_name = "ADDRESS")]
    web_listen: Option<String>,
}

impl Run {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let listen = self.listen.map(|listen| ("net.listen", listen));
        let flags = listen.into_iter().chain(self.web_listen.map(|listen| ("web.listen", listen))).collect();
        let config = desk.config(flags)?;
        start_logging(config.log_format, &config.log_level)?;
        if Counter::running(&desk.data)? {
            return Err(Failure::new(ErrorCode::Busy, "县级枢纽已经在运行。", "The hub is running already."));
        }
        let runtime =
            tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::internal)?;
        let stop = CancellationToken::new();
        runtime.spawn(watch_signals(stop.clone()));
        // Opened anew, the hub works by the catalogue that it has published.
        loop {
            let hub = Hub::of(desk.open(config.clone())?);
            runtime.block_on(serve(desk, &hub, &config, stop.clone()))?;
            if stop.is_cancelled() || !hub.app().is_outdated() {
                return Ok(());
            }
        }
    }
}

async fn serve(desk: &Desk, hub: &Hub, config: &Config, stop: CancellationToken) -> Result<(), Failure> {
    let listener = TcpListener::bind(&config.listen).await.map_err(|error| {
        Failure::new(
            ErrorCode::Setup,
            format!("无法监听 {}。", config.listen),
            format!("The address {} cannot be listened on.", config.listen),
        )
        .because(error)
    })?;
    let address = listener.local_addr().map_err(Failure::internal)?;
    desk.out.note(&text(
        format!("县级枢纽正在 {address} 运行，按 Ctrl-C 停止。"),
        format!("The hub runs on {address}; Ctrl-C stops it."),
    ));
    let http = hub.http_door().await?;
    if let Some(door) = &http {
        let (address, secure) = (door.address().map_err(Failure::internal)?, door.secure());
        let scheme = if secure { "https" } else { "http" };
        desk.out.note(&text(
            format!("供其他程序读取：{scheme}://{address}/api/v1/openapi.json"),
            format!("For other programs: {scheme}://{address}/api/v1/openapi.json"),
        ));
    }
    hub.serve_with(listener, http, stop).await.map_err(Failure::internal)
}

/// Stops at Ctrl-C and at the word of the service manager. A second signal ends the process as usual.
async fn watch_signals(stop: CancellationToken) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut interrupt), Ok(mut terminate)) =
            (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
        else {
            tracing::error!("signals cannot be watched");
            return;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        stop.cancel();
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::warn!("stopped before everything open had ended");
        std::process::exit(i32::from(ErrorCode::Unavailable.exit()));
    }
    #[cfg(not(unix))]
    {
        let _ = tokio::signal::ctrl_c().await;
        stop.cancel();
    }
}
