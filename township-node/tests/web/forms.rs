//! Making records and taking them further.

use shared::ids::RecordId;

use crate::bed::Bed;
use crate::browser::{Answer, Browser};

const NEW: &str = "/ledger/proposal/new/draft";

fn draft<'a>(once: &'a str, title: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("once", once), ("f.title", title), ("f.raised_on", "2025-03-04"), ("f.in_session", "RECESS")]
}

/// Makes a draft; the address of its page.
async fn made(browser: &mut Browser, title: &str) -> String {
    let once = browser.get(NEW).await.expect(200).value("once").expect("a mark");
    browser.post(NEW, &draft(&once, title)).await.expect(303).location().to_owned()
}

#[tokio::test]
async fn what_is_wrong_comes_back_at_its_field_with_all_that_was_typed() {
    let bed = Bed::office().await;
    let node = bed.opened().await;
    let mut browser = bed.logged_in("clerk").await;
    let form = browser.get(NEW).await.expect(200).says("案由");
    let once = form.value("once").expect("a mark");
    let before = node.store().streams();
    let answer = browser
        .post(
            NEW,
            &[("once", &once), ("f.title", "路灯 & 井盖"), ("f.raised_on", "三月四日"), ("reason", "")],
        )
        .await
        .expect(422);
    assert_eq!(answer.value("f.title").as_deref(), Some("路灯 & 井盖"));
    assert_eq!(answer.value("f.raised_on").as_deref(), Some("三月四日"));
    let answer = answer.says("href=\"#f-raised_on\"");
    assert_eq!(answer.value("once").as_deref(), Some(&*once), "the mark of the form stays");
    // What only the rules can say: a missing field.
    let answer = browser
        .post(
            NEW,
            &[("once", &once), ("f.title", "路灯"), ("f.raised_on", "2025-03-04"), ("f.in_session", "")],
        )
        .await
        .expect(422);
    answer.says("href=\"#f-in_session\"");
    assert_eq!(node.store().streams(), before);
    let page = browser.post(NEW, &draft(&once, "路灯")).await.expect(303).location().to_owned();
    browser.get(&page).await.expect(200).says("已保存到本机").says("草稿").says("待上报");
    let again = browser.get(&page).await.expect(200);
    assert!(!again.body.contains("已保存到本机"), "it is said once");
}

#[tokio::test]
async fn a_form_that_is_sent_twice_makes_one_record() {
    let bed = Bed::office().await;
    let mut browser = bed.logged_in("clerk").await;
    let once = browser.get(NEW).await.expect(200).value("once").expect("a mark");
    let first = browser.post(NEW, &draft(&once, "路灯")).await.expect(303).location().to_owned();
    let second = browser.post(NEW, &draft(&once, "路灯")).await.expect(303).location().to_owned();
    assert_eq!(first, second);
    let list = browser.get("/ledger/proposal").await.expect(200);
    assert_eq!(list.body.matches("/record/").count(), 1);
}

#[tokio::test]
async fn two_people_do_not_write_over_each_other() {
    let bed = Bed::office().await;
    let (mut one, mut two) = (bed.logged_in("clerk").await, bed.logged_in("clerk").await);
    let page = made(&mut one, "路灯").await;
    let edit = format!("{page}/do/edit");
    let (mine, theirs) = (one.get(&edit).await.expect(200), two.get(&edit).await.expect(200));
    let rev = |form: &Answer| form.value("rev").expect("a revision");
    one.post(&edit, &[("rev", &rev(&mine)), ("f.title", "路灯和井盖")]).await.expect(303);
    let late = two
        .post(&edit, &[("rev", &rev(&theirs)), ("f.title", "路灯和花坛")])
        .await
        .expect(422)
        .says("别人改动过");
    assert_eq!(late.value("f.title").as_deref(), Some("路灯和花坛"), "nothing typed is lost");
    one.get(&page).await.expect(200).says("路灯和井盖");
    // Having seen it, they may go on from what stands now.
    two.post(&edit, &[("rev", &rev(&late)), ("f.title", "路灯、井盖和花坛")]).await.expect(303);
    one.get(&page).await.expect(200).says("路灯、井盖和花坛");
}

#[tokio::test]
async fn only_what_was_touched_is_written() {
    let bed = Bed::office().await;
    let node = bed.opened().await;
    let mut browser = bed.logged_in("clerk").await;
    let page = made(&mut browser, "路灯").await;
    let id: RecordId = page.rsplit('/').next().and_then(|id| id.parse().ok()).expect("a record");
    let edit = format!("{page}/do/edit");
    let form = browser.get(&edit).await.expect(200);
    let rev = form.value("rev").expect("a revision");
    let before = node.find(&id.to_string()).expect("the record");
    let typed =
        [("rev", &*rev), ("f.title", "路灯"), ("f.raised_on", "2025-03-05"), ("f.in_session", "RECESS")];
    browser.post(&edit, &typed).await.expect(303);
    let after = node.find(&id.to_string()).expect("the record");
    let changed = after.fields.iter().filter(|(tag, value)| before.fields.get(tag) != Some(value)).count();
    assert_eq!((changed, after.rev), (1, before.rev + 1));
}

#[tokio::test]
async fn who_has_two_roles_acts_in_the_one_that_may() {
    let bed = Bed::office().await;
    crate::bed::account(&bed.data(), "both", &[shared::record::Role::TClerk, shared::record::Role::TChair]);
    let mut browser = bed.logged_in("both").await;
    browser.get("/me").await.expect(200).says("人大主席");
    let page = made(&mut browser, "路灯").await;
    // Entered for a deputy by the clerk.
    browser.get(&format!("{page}/do/submit")).await.expect(200).says("代表");
    browser.post("/me/role", &[("as", "T_CHAIR")]).await.expect(303);
    browser.get("/").await.expect(200).says("人大主席");
    // A role that is not one's own is not taken from a form.
    browser.post("/me/role", &[("as", "T_ADMIN")]).await.expect(403);
    browser.get(NEW).await.expect(200);
    let once = browser.get(NEW).await.expect(200).value("once").expect("a mark");
    let mut forged = draft(&once, "路灯");
    forged.push(("as", "T_DEPUTY"));
    browser.post(NEW, &forged).await.expect(403);
    let made = browser.post(NEW, &draft(&once, "井盖")).await.expect(303);
    browser.get(made.location()).await.expect(200).says("乡镇人大办工作人员");
}

#[tokio::test]
async fn a_child_row_is_added_and_taken_away_without_script() {
    let bed = Bed::office().await;
    let mut browser = bed.logged_in("clerk").await;
    let once = browser.get(NEW).await.expect(200).value("once").expect("a mark");
    let mut more = draft(&once, "路灯");
    more.push(("more", "f.commitments"));
    let shown = browser.post(NEW, &more).await.expect(200);
    assert_eq!(shown.value("f.title").as_deref(), Some("路灯"));
    assert!(shown.body.contains("f.commitments.0"), "{}", shown.body);
    let list = browser.get("/ledger/proposal").await.expect(200);
    assert!(!list.body.contains("/record/"), "nothing was saved");
}

#[tokio::test]
async fn a_record_is_found_to_be_linked_to() {
    let bed = Bed::office().await;
    let mut browser = bed.logged_in("clerk").await;
    made(&mut browser, "关于修复村道路灯的建议").await;
    let found = browser.get("/pick?kind=proposal&field=merged_into&q=%E8%B7%AF%E7%81%AF").await.expect(200);
    assert!(found.body.contains("data-text=\"关于修复村道路灯的建议\""), "{}", found.body);
    let none = browser.get("/pick?kind=proposal&field=merged_into&q=%E4%BA%95%E7%9B%96").await.expect(200);
    assert!(!none.body.contains("data-id"), "{}", none.body);
    browser.get("/pick?kind=proposal&field=title&q=a").await.expect(404);
}
