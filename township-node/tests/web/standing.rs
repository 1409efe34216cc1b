//! The pages while the node is shut, and how it comes back.

use std::sync::Arc;

use shared::program::{Layers, SystemClock};
use township_node::app::Node;
use township_node::config::Config;
use township_node::host::{Errand, Standing};

use crate::bed::{Bed, account, found};

fn in_use(folder: &std::path::Path) -> Node {
    let state = folder.join("state").display().to_string();
    let layers = Layers { flags: vec![("state.dir", state)], ..Layers::default() };
    let config = Config::load(&folder.join("data"), layers).expect("settings");
    Node::open(config, Arc::new(SystemClock)).expect("a node")
}

#[tokio::test]
async fn another_program_in_the_folder_is_named_and_waited_for() {
    let folder = Arc::new(tempfile::tempdir().expect("a temporary folder"));
    found(&folder.path().join("data"));
    account(&folder.path().join("data"), "admin", &[shared::record::Role::TAdmin]);
    let holder = in_use(folder.path());
    let bed = Bed::on(folder).await;
    bed.stands(|standing| matches!(standing, Standing::Shut(_)).then_some(())).await;
    let mut browser = bed.browser();
    browser.log_in("admin", crate::bed::PASSWORD).await.expect(303);
    let page = browser.get("/").await.expect(503).says("另一个程序").says("再试一次");
    assert!(page.header("refresh").is_some());
    browser.get("/accounts").await.expect(200);
    drop(holder);
    browser.post("/settings/open", &[]).await.expect(303);
    bed.opened().await;
    browser.follow("/").await.expect(200);
}

#[tokio::test]
async fn damage_is_told_in_words_and_the_pages_stay() {
    let folder = Arc::new(tempfile::tempdir().expect("a temporary folder"));
    let data = folder.path().join("data");
    found(&data);
    account(&data, "clerk", &[shared::record::Role::TClerk]);
    // Where the store is to be lies something else.
    std::fs::write(data.join("store"), b"no folder").expect("it is written");
    let bed = Bed::on(folder).await;
    let failure = bed
        .stands(|standing| if let Standing::Shut(failure) = standing { Some(failure.clone()) } else { None })
        .await;
    let mut browser = bed.browser();
    browser.log_in("clerk", crate::bed::PASSWORD).await.expect(303);
    let page = browser.get("/").await.expect(503).says(&failure.said.message.zh).says("请告诉管理员");
    assert!(!page.body.contains("再试一次"), "a clerk is not asked to mend it");
    browser.get("/me").await.expect(200);
}

#[tokio::test]
async fn opened_anew_the_sessions_go_on() {
    let bed = Bed::office().await;
    let mut browser = bed.logged_in("clerk").await;
    for _ in 0..3 {
        bed.host.send(Errand::Open);
        let mut tries = 0;
        loop {
            let answer = browser.get("/ledgers").await;
            match answer.status {
                200 => break,
                503 => assert!(answer.body.contains("正在打开台账"), "{}", answer.body),
                other => panic!("{other}: {}", answer.body),
            }
            tries += 1;
            assert!(tries < 1000, "it does not open again");
        }
    }
}

#[tokio::test]
async fn asking_for_an_exchange_before_joining_says_why_not() {
    let bed = Bed::office().await;
    let mut browser = bed.logged_in("clerk").await;
    browser.get("/sync").await.expect(200).says("尚未加入县里");
    assert_eq!(browser.post("/sync/now", &[]).await.expect(303).location(), "/sync");
    browser.get("/sync/receipt").await.expect(404);
}
