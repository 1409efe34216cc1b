//! `run`: the service, and the pages.

use clap::Args;
use shared::program::{Failure, Progress, text};
use tokio_util::sync::CancellationToken;

use super::Desk;
use crate::app::Node;
use crate::host::{Host, Patience, Standing};
use crate::web;

#[derive(Debug, Args)]
pub(super) struct Run {
    /// 网页地址，off 为不开 · address of the pages; off: none
    #[arg(long, value_name = "ADDRESS")]
    web_listen: Option<String>,
}

impl Run {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let mut layers = desk.layers.clone();
        layers.flags.extend(self.web_listen.map(|listen| ("web.listen", listen)));
        let host = Host::new(&desk.data, layers, desk.clock.clone());
        let config = host.config()?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.map_err(Failure::internal)?;
        let ended = runtime.block_on(async {
            let stop = CancellationToken::new();
            tokio::spawn(watch_signals(stop.clone()));
            let pages = web::Pages::bind(&host, &config).await?;
            let patience = if pages.is_some() { Patience::Stay } else { Patience::End };
            if let Some(pages) = &pages {
                pages.announce(&desk.out);
            }
            let telling = tell(desk, &host, stop.clone());
            let serving = async {
                if let Some(pages) = pages {
                    pages.serve(stop.clone()).await;
                }
            };
            let running = async {
                let ended = host.run(stop.clone(), patience).await;
                stop.cancel();
                ended
            };
            let (ended, (), ()) = tokio::join!(running, serving, telling);
            ended
        });
        // What a page began and nobody waits for any more must not keep the program from ending.
        runtime.shutdown_timeout(shared::limits::WEB_STOP_WAIT);
        ended
    }
}

/// Says on the terminal how the node stands, as it changes.
async fn tell(desk: &Desk, host: &Host, stop: CancellationToken) {
    let mut watch = host.watch();
    let mut bar: Option<Progress> = None;
    loop {
        let standing = watch.borrow_and_update().clone();
        if !matches!(standing, Standing::Opening(_))
            && let Some(bar) = bar.take()
        {
            bar.done();
        }
        match standing {
            Standing::Opening(None) | Standing::Joining => {}
            Standing::Opening(Some(progress)) => bar
                .get_or_insert_with(|| desk.out.progress(&text("正在重建索引", "rebuilding the views"), None))
                .at(progress.entries),
            Standing::Open(node) => tell_open(desk, &node),
            Standing::NotSetUp => desk.out.note(&text(
                "还没有设置：请在网页中完成设置。",
                "Not set up yet: please set it up in the pages.",
            )),
            Standing::Shut(failure) => eprint!("{}", failure.render(desk.lang())),
        }
        tokio::select! {
            changed = watch.changed() => if changed.is_err() { return },
            () = stop.cancelled() => return,
        }
    }
}

fn tell_open(desk: &Desk, node: &Node) {
    let office = node.office();
    let (name, code) = (&office.township.name, office.code());
    desk.out.note(&text(
        format!("{name}（{code}）已启动，每夜与县里同步。按 Ctrl-C 停止。"),
        format!("{name} ({code}) has started; it exchanges with the county every night. Ctrl-C stops it."),
    ));
    if office.identity.is_none() {
        desk.out.note(&text(
            "尚未加入县里，不会同步。请在网页中用加入码加入，或停止后运行 join。",
            "It has not joined the county and will not sync: join in the pages with a token, or stop it and run join.",
        ));
    }
}

/// Stops when the user or the system asks the program to end.
async fn watch_signals(stop: CancellationToken) {
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
    stop.cancel();
}
