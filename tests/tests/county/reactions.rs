//! A matter that goes down and comes up of itself, between the real programs, by ledgers that a county adds as files: the
//! program moves on what follows after every session, at its start, and once a day.

use std::path::Path;
use std::time::Duration;

use county_hub::app::ask::Ask as _;
use county_hub::app::{record, status, upkeep};
use shared::ids::RecordId;
use shared::ledger::{self, By};
use shared::program::{Clock as _, Layers};
use shared::record::Role;
use shared::store::Store;
use shared::view::{held, read};
use tokio_util::sync::CancellationToken;
use township_node::app::{Node, Wish};
use township_node::config::Config;
use xianglian_tests::cluster::{Cluster, copy_folder, plain, restore_folder};
use xianglian_tests::county::County;

const TOWN: &str = "石桥镇";
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// How long the hub may take to do by itself what follows from a session.
const BOUND: Duration = Duration::from_secs(60);

const DEADLINE: &str =
    "deadline_kinds = [{ number = 999, code = \"DL-ASK\", zh = \"答复\", en = \"Reply\", given = true }]";
const ASK: &str = include_str!("../../../shared/src/ledger/testdata/ask.toml");
const ANSWER: &str = include_str!("../../../shared/src/ledger/testdata/answer.toml");
const DUTY: &str = include_str!("../../../shared/src/ledger/testdata/duty.toml");

/// The county's own folder of ledgers, under tags that no ledger of ours has.
fn write_folder(folder: &Path, ask: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for (name, text) in
        [("deadlines_own.toml", DEADLINE), ("ask.toml", ask), ("answer.toml", ANSWER), ("duty.toml", DUTY)]
    {
        let own = text.replace("\ntag = 101\n", "\ntag = 951\n").replace("\ntag = 201\n", "\ntag = 952\n");
        std::fs::write(folder.join(name), own.replace("\ntag = 203\n", "\ntag = 953\n"))?;
    }
    Ok(())
}

fn without_reactions(text: &str) -> &str {
    text.find("[[reactions]]").map_or(text, |at| &text[..at])
}

async fn sync(node: &Node) -> anyhow::Result<ledger::Reacted> {
    node.sync(|_| {}, &CancellationToken::new()).await.map(|synced| synced.reacted).map_err(plain)
}

fn wish(set: &[&str]) -> Wish {
    let set = set.iter().map(|&set| set.to_owned()).collect();
    Wish { set, role: Some(Role::TClerk), ..Wish::default() }
}

fn act(kind: &str, record: Option<RecordId>, action: &str, set: &[&str]) -> record::Act {
    record::Act(ledger::Act {
        kind: kind.to_owned(),
        record: record.map(|id| id.to_string()),
        action: action.to_owned(),
        set: set.iter().map(|&set| set.to_owned()).collect(),
        reason: "因故".to_owned(),
        by: By { role: "C_OFFICE".to_owned(), staff: None, on_behalf: false },
    })
}

fn status_of(store: &Store, id: RecordId) -> u32 {
    store.read(|views| read::record(views, id)).map_or(0, |record| record.status)
}

/// The township's record that the program made for an ask.
#[track_caller]
fn answer_to(store: &Store, ask: RecordId) -> RecordId {
    match store.read(|views| read::linking_by(views, ask, 952, 3)).as_slice() {
        [answer] => *answer,
        many => panic!("{} answers", many.len()),
    }
}

/// Waits until a record of the hub has a status, for which nobody asks the hub.
async fn comes_to(cluster: &Cluster, id: RecordId, status: u32) -> anyhow::Result<()> {
    let store = cluster.hub.app().store();
    let waiting = async {
        while status_of(store, id) != status {
            tokio::task::yield_now().await;
        }
    };
    Ok(tokio::time::timeout(BOUND, waiting).await?)
}

/// A county with the folder, and the node of its one township with it.
async fn start(root: &Path, own: &Path) -> anyhow::Result<(Cluster, Node)> {
    let cluster = Cluster::start(root, County::fictional().of(&[TOWN])).await?;
    let told = format!("[catalogue]\nfolder = {:?}\n", own.display().to_string());
    let mut cluster = cluster
        .restart_hub(|hub| {
            let file = hub.join("county.toml");
            let text = std::fs::read_to_string(&file)?;
            Ok(std::fs::write(file, text.replacen("[catalogue]\n", &told, 1))?)
        })
        .await?;
    let data = cluster.close_node(TOWN);
    let node = open(&cluster, &data, own)?;
    Ok((cluster, node))
}

fn open(cluster: &Cluster, data: &Path, own: &Path) -> anyhow::Result<Node> {
    let mut config = Config::load(data, Layers::default()).map_err(plain)?;
    config.catalogue = Some(own.to_owned());
    Node::open(config, cluster.clock.clone()).map_err(plain)
}

/// The county asks the township for something, by a day ten days ahead.
fn ask(cluster: &Cluster, title: &str) -> anyhow::Result<RecordId> {
    let today = cluster.clock.today();
    let (title, on) = (format!("title={title}"), format!("on={today}"));
    let (to, due) = (format!("to={}", cluster.town(TOWN).code), format!("due={}", today.plus(10)));
    let acted = act("ask", None, "ask", &[&title, &on, &to, &due]).answer(cluster.hub.app());
    acted.map(|acted| acted.record).map_err(plain)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_matter_goes_down_and_its_answer_moves_it_on() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let own = root.path().join("own");
    // The county's file says at first what an answer is, and not what is to be done about it.
    write_folder(&own, without_reactions(ASK))?;
    let (mut cluster, node) = start(root.path(), &own).await?;
    let first = ask(&cluster, "报送情况")?;
    let reacted = sync(&node).await?;
    assert_eq!((reacted.made, reacted.taken), (1, 0), "the answer waits for the clerk");
    let answer = answer_to(node.store(), first);
    assert_eq!(status_of(node.store(), answer), 1);
    node.act_on(&answer.to_string(), "answer", &wish(&["reply=已落实"])).map_err(plain)?;
    assert_eq!(sync(&node).await?.done(), 0);
    assert_eq!(status_of(cluster.hub.app().store(), first), 1, "the county's file does not say more yet");

    // Now it does: at its start the hub looks through what has arrived before.
    cluster = cluster.restart_hub(|_| Ok(write_folder(&own, ASK)?)).await?;
    comes_to(&cluster, first, 2).await?;

    // And from now on after every session, unasked.
    let second = ask(&cluster, "再报送")?;
    sync(&node).await?;
    let answer = answer_to(node.store(), second);
    node.act_on(&answer.to_string(), "answer", &wish(&["reply=已落实"])).map_err(plain)?;
    sync(&node).await?;
    comes_to(&cluster, second, 2).await?;
    act("", Some(second), "give_back", &[]).answer(cluster.hub.app()).map_err(plain)?;
    assert_eq!(sync(&node).await?.taken, 1);
    assert_eq!(status_of(node.store(), answer), 1, "opened again");

    // The work of a day, by hand and by the clock of the programs; nothing of it is done twice.
    let today = cluster.clock.today();
    let (on, due) = (format!("on={today}"), format!("due={}", today.plus(10)));
    node.create("duty", None, &wish(&["title=一件事", &on, &due])).map_err(plain)?;
    assert_eq!(node.daily().map_err(plain)?.reminded.deadlines, 0);
    cluster.clock.pin(cluster.now() + 8 * DAY_MS);
    let daily = node.daily().map_err(plain)?;
    assert_eq!((daily.reminded.deadlines, daily.reacted.done()), (1, 0));
    assert_eq!(node.daily().map_err(plain)?.reminded.deadlines, 0);
    let daily = upkeep::Daily {}.answer(cluster.hub.app()).map_err(plain)?;
    assert_eq!((daily.day, daily.reacted.refused), (today.plus(8).to_string(), 0));
    let status = status::Ask {}.answer(cluster.hub.app()).map_err(plain)?;
    assert_eq!(status.refused_reactions.count, 0);
    cluster.stop().await
}

/// What the rules refuse is counted where people look.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_reaction_is_seen_in_the_status() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let own = root.path().join("own");
    write_folder(&own, ASK)?;
    let (cluster, node) = start(root.path(), &own).await?;
    let (on, to) = (format!("on={}", cluster.clock.today()), format!("to={}", cluster.town(TOWN).code));
    act("ask", None, "ask", &["title=无期限", &on, &to]).answer(cluster.hub.app()).map_err(plain)?;
    let reacted = sync(&node).await?;
    assert_eq!((reacted.made, reacted.refused), (0, 1));
    let refused = node.status(shared::program::Lang::Zh).refused_reactions;
    assert_eq!((refused.count, refused.shown[0].kind.as_str()), (1, "answer"));
    assert!(refused.text(shared::program::Lang::Zh).contains("未能自动办理的：1 项"));
    cluster.stop().await
}

/// An office that was put back from a copy has done things that it does not know of. It does none of them again: it waits
/// until the county has given them back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_node_reacts_once_it_has_its_own_entries_again() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let (own, copy) = (root.path().join("own"), root.path().join("copy"));
    write_folder(&own, ASK)?;
    let (cluster, node) = start(root.path(), &own).await?;
    let first = ask(&cluster, "报送情况")?;
    sync(&node).await?;
    let data = node.config().data.clone();
    drop(node);
    copy_folder(&data, &copy)?;

    let node = open(&cluster, &data, &own)?;
    let answer = answer_to(node.store(), first);
    node.act_on(&answer.to_string(), "answer", &wish(&["reply=已落实"])).map_err(plain)?;
    let second = ask(&cluster, "再报送")?;
    sync(&node).await?;
    comes_to(&cluster, first, 2).await?;
    act("", Some(first), "give_back", &[]).answer(cluster.hub.app()).map_err(plain)?;
    sync(&node).await?;
    let stood = [status_of(node.store(), answer), status_of(node.store(), answer_to(node.store(), second))];
    assert_eq!(stood, [1, 1], "one opened again, one that has come");
    sync(&node).await?;
    let own_stream = node.store().head(node.stream()).len;
    drop(node);

    restore_folder(&copy, &data)?;
    let node = open(&cluster, &data, &own)?;
    assert_eq!(
        node.daily().map_err(plain)?.reacted,
        ledger::Reacted::default(),
        "it may lack entries of its own"
    );
    let reacted = sync(&node).await?;
    assert_eq!(reacted.done(), 0, "all that it would do stands already");
    assert_eq!(node.store().head(node.stream()).len, own_stream);
    let stands = [status_of(node.store(), answer), status_of(node.store(), answer_to(node.store(), second))];
    assert_eq!(stands, stood);
    for store in [node.store(), cluster.hub.app().store()] {
        assert_eq!(store.read(|views| held::count(views, None)), 0);
    }
    cluster.stop().await
}
