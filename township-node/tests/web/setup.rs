//! The first start.

use shared::record::Role;
use township_node::accounts::Book;

use crate::bed::{Bed, found};
use crate::browser::Browser;

const OFFICE: [(&str, &str); 5] =
    [("code", "330282107"), ("name", "周巷镇"), ("kind", "TOWN"), ("abbr", ""), ("profile", "zhejiang")];
const FIRST: [(&str, &str); 5] = [
    ("name", "王办事"),
    ("login", "rd01"),
    ("password", "correct horse"),
    ("again", "correct horse"),
    ("role", "T_CLERK"),
];

#[tokio::test]
async fn from_nothing_to_the_first_page() {
    let bed = Bed::bare().await;
    let mut browser = bed.browser();
    for path in ["/", "/ledgers", "/accounts"] {
        assert_eq!(browser.get(path).await.expect(303).location(), "/setup", "{path}");
    }
    assert_eq!(browser.get("/login").await.expect(303).location(), "/setup");
    browser.get("/setup").await.expect(200).says("加入码");
    let mut wrong = OFFICE;
    wrong[0].1 = "33028210";
    browser.post_bare("/setup/begin", &wrong).await.expect(422).says("不是九位乡镇代码").says("周巷镇");
    browser.post_bare("/setup/join", &[("joining", "no token")]).await.expect(303);
    browser.post_bare("/setup/begin", &OFFICE).await.expect(303);
    let node = bed.opened().await;
    assert_eq!(
        (node.office().township.name.as_str(), node.office().township.profile.as_str()),
        ("周巷镇", "zhejiang")
    );

    let mut weak = FIRST;
    (weak[2].1, weak[3].1) = ("12345678", "12345678");
    browser.get("/setup").await.expect(200).says("第一个账号");
    browser.post_bare("/setup/account", &weak).await.expect(422).says("太容易").says("rd01");
    browser.post_bare("/setup/account", &FIRST).await.expect(303);
    assert!(browser.session().is_some(), "one is logged in at once");
    browser.get("/").await.expect(200).says("王办事").says("今日待办");
    let content = Book::of(&bed.data()).read().expect("accounts");
    assert_eq!(content.accounts[0].roles(), [Role::TClerk, Role::TAdmin]);

    // The door is shut behind the first.
    let mut late = bed.browser();
    late.get("/setup").await.expect(303);
    let answer = late.post_bare("/setup/account", &FIRST).await;
    assert_eq!(answer.status, 401, "{}", answer.body);
    assert_eq!(Book::of(&bed.data()).read().expect("accounts").accounts.len(), 1);
}

#[tokio::test]
async fn from_another_machine_only_with_the_code() {
    let bed = Bed::bare().await;
    let mut browser = bed.browser();
    // Behind a proxy the caller does not sit at this machine, whatever the socket says.
    let page = browser
        .raw("GET", "/setup", &[("X-Forwarded-For", "10.0.0.9")], &[])
        .await
        .expect(200)
        .says("setup_code");
    drop(page);
    begin(&mut browser, "00000000").await.expect(403).says("验证码");
    let code = bed.code.clone();
    begin(&mut browser, &code).await.expect(303);
    bed.opened().await;
    for _ in 0..9 {
        begin(&mut browser, "00000000").await.expect(403);
    }
    begin(&mut browser, &code).await.expect(403);
}

async fn begin(browser: &mut Browser, code: &str) -> crate::browser::Answer {
    let mut pairs = OFFICE.to_vec();
    pairs.push(("setup_code", code));
    let origin = format!("http://{}", browser.address);
    browser.post_from("/setup/begin", &pairs, &[("Origin", &origin), ("X-Forwarded-For", "10.0.0.9")]).await
}

#[tokio::test]
async fn an_office_of_before_the_pages_is_asked_for_its_first_account_alone() {
    let folder = std::sync::Arc::new(tempfile::tempdir().expect("a temporary folder"));
    found(&folder.path().join("data"));
    let bed = Bed::on(folder).await;
    bed.opened().await;
    let mut browser = bed.browser();
    browser.follow("/").await.expect(200).says("第一个账号");
    browser.post_bare("/setup/account", &FIRST).await.expect(303);
    browser.follow("/").await.expect(200).says("周巷镇");
}
