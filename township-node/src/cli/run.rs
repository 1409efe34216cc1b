//! `run`: the service.

use clap::Args;
use shared::program::{Failure, text};

use super::Desk;
use crate::service::{self, Ended};

#[derive(Debug, Args)]
pub(super) struct Run {}

impl Run {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let node = desk.node()?;
        let office = node.office();
        desk.out.note(&text(
            format!("{}（{}）已启动，每夜与县里同步。按 Ctrl-C 停止。", office.township.name, office.code()),
            format!(
                "{} ({}) has started; it exchanges with the county every night. Ctrl-C stops it.",
                office.township.name,
                office.code()
            ),
        ));
        if office.identity.is_none() {
            desk.out.note(&text(
                "尚未加入县里，不会同步。请停止后用加入码运行 join。",
                "It has not joined the county and will not sync; stop it and run join with a token.",
            ));
        }
        let mut node = Some(node);
        // Opened anew, the node works by what the county has sent.
        while let Some(running) = node.take() {
            let ended = desk.block_on(async { Ok(service::run(&running, asked_to_stop()).await) })?;
            drop(running);
            if ended == Ended::Outdated {
                node = Some(desk.node()?);
            }
        }
        Ok(())
    }
}

/// Ready when the user or the system asks the program to end.
async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        match terminate {
            Ok(mut terminate) => {
                tokio::select! {
                    _ = interrupt => {}
                    _ = terminate.recv() => {}
                }
            }
            Err(_) => drop(interrupt.await),
        }
    }
    #[cfg(not(unix))]
    drop(interrupt.await);
}
