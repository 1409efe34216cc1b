//! Logging in, staying in, being put out.

use std::sync::atomic::Ordering;

use township_node::accounts::{Audit, Book, Event};

use crate::bed::{Bed, PASSWORD};

#[tokio::test]
async fn the_right_password_opens_and_leaving_closes() {
    let bed = Bed::office().await;
    let mut browser = bed.browser();
    assert_eq!(browser.get("/ledgers").await.expect(303).location(), "/login?next=%2Fledgers");
    browser.log_in("clerk", "wrong").await.expect(401).says("登录名或密码不对");
    assert_eq!(browser.session(), None);
    let next = [("account", "clerk"), ("password", PASSWORD), ("next", "/ledgers")];
    assert_eq!(browser.post_bare("/login", &next).await.expect(303).location(), "/ledgers");
    browser.get("/ledgers").await.expect(200).says("代表建议、议案").says("某clerk");
    let before = browser.session().expect("a session").to_owned();
    browser.post("/leave", &[]).await.expect(303);
    assert_eq!(browser.session(), None);
    browser.cookies.insert(format!("xianglian-{}", bed.address.port()), before);
    assert_eq!(
        browser.get("/").await.expect(303).location(),
        "/login",
        "the session is over, not only its cookie"
    );
}

#[tokio::test]
async fn the_cookie_is_for_the_browser_alone_and_new_at_every_login() {
    let bed = Bed::office().await;
    let mut browser = bed.browser();
    let planted = "11".repeat(32);
    browser.cookies.insert(format!("xianglian-{}", bed.address.port()), planted.clone());
    let answer = browser.log_in("clerk", PASSWORD).await.expect(303);
    let cookie = answer.header("set-cookie").expect("a cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let first = browser.session().expect("a session").to_owned();
    assert_ne!(first, planted);
    browser.log_in("clerk", PASSWORD).await.expect(303);
    let second = browser.session().expect("a session").to_owned();
    assert_ne!(first, second);
    for old in [planted, first] {
        browser.cookies.insert(format!("xianglian-{}", bed.address.port()), old);
        browser.get("/ledgers").await.expect(303);
    }
}

#[tokio::test]
async fn guessing_is_put_off_and_a_restart_does_not_help() {
    let bed = Bed::office().await;
    let mut browser = bed.browser();
    for _ in 0..5 {
        browser.log_in("clerk", "wrong").await.expect(401).says("登录名或密码不对");
    }
    browser.log_in("clerk", PASSWORD).await.expect(401).says("失败次数过多");
    assert_eq!(browser.session(), None);
    browser.log_in("nobody", "wrong").await.expect(401).says("登录名或密码不对");
    bed.logged_in("chair").await;
    let bed = Bed::on(bed.close().await).await;
    bed.opened().await;
    bed.browser().log_in("clerk", PASSWORD).await.expect(401).says("失败次数过多");
    let noted = Audit::of(&bed.data()).read(0, 50).expect("an audit");
    let count = |event| noted.iter().filter(|noted| noted.event == event && noted.who == "clerk").count();
    assert_eq!((count(Event::LoginFailed), count(Event::LoginDelayed), count(Event::LoggedIn)), (5, 2, 0));
}

#[tokio::test]
async fn an_idle_session_ends_and_looking_at_the_line_does_not_keep_it() {
    let bed = Bed::office().await;
    let mut browser = bed.logged_in("clerk").await;
    let minutes = |n: i64| bed.ticks.fetch_add(n * 60_000, Ordering::SeqCst);
    minutes(29);
    browser.get("/ledgers").await.expect(200);
    minutes(29);
    assert_eq!(browser.get("/me/left").await.expect(200).body, "60000");
    browser.raw("GET", "/sync/line", &[("HX-Request", "true")], &[]).await.expect(200);
    minutes(1);
    assert_eq!(browser.get("/ledgers").await.expect(303).location(), "/login?next=%2Fledgers");
    let line = browser.raw("GET", "/sync/line", &[("HX-Request", "true")], &[]).await.expect(204);
    assert!(line.header("hx-redirect").is_some_and(|to| to.starts_with("/login?gone=1")), "{line:?}");
}

#[tokio::test]
async fn a_form_that_comes_after_the_session_has_ended_is_not_lost() {
    let bed = Bed::office().await;
    let mut browser = bed.logged_in("clerk").await;
    let form = browser.get("/ledger/proposal/new/draft").await.expect(200);
    let (once, role) = (form.value("once").expect("a mark"), form.value("as").expect("a role"));
    bed.ticks.fetch_add(31 * 60_000, Ordering::SeqCst);
    let typed = [
        ("once", &*once),
        ("as", &role),
        ("f.title", "关于 <路灯> & \"井盖\" 的建议"),
        ("f.raised_on", "2025-03-04"),
        ("f.in_session", "RECESS"),
    ];
    let login = browser
        .post_files("/ledger/proposal/new/draft", &typed, &[])
        .await
        .expect(401)
        .says("填写的内容还在");
    let (next, kept) = (login.value("next").expect("where to"), login.value("kept").expect("what was typed"));
    assert_eq!(next, "/ledger/proposal/new/draft");
    // A wrong password on the way loses nothing either.
    let again = browser
        .post_bare("/login", &[("account", "clerk"), ("password", "x"), ("next", &next), ("kept", &kept)])
        .await
        .expect(401);
    let kept = again.value("kept").expect("still there");
    let on = browser
        .post_bare(
            "/login",
            &[("account", "clerk"), ("password", PASSWORD), ("next", &next), ("kept", &kept)],
        )
        .await
        .expect(200);
    assert_eq!(on.value("f.title").as_deref(), Some("关于 <路灯> & \"井盖\" 的建议"));
    let typed = ["once", "as", "f.title", "f.raised_on", "f.in_session"]
        .map(|name| (name, on.value(name).expect(name)));
    let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let done = browser.post(&next, &typed).await.expect(303);
    browser.get(done.location()).await.expect(200).says("关于 &lt;路灯&gt; &amp; &quot;井盖&quot; 的建议");
}

#[tokio::test]
async fn who_is_locked_or_gets_another_role_is_out_at_once() {
    let bed = Bed::office().await;
    let (mut clerk, mut chair, mut admin) =
        (bed.logged_in("clerk").await, bed.logged_in("chair").await, bed.logged_in("admin").await);
    admin.get("/accounts/of/clerk").await.expect(200);
    admin.post("/accounts/of/clerk/lock", &[("locked", "1")]).await.expect(303);
    clerk.get("/ledgers").await.expect(303);
    bed.browser().log_in("clerk", PASSWORD).await.expect(401).says("已停用");
    admin
        .post("/accounts/of/chair", &[("name", "某"), ("staff", "s-chair"), ("role", "T_VICE")])
        .await
        .expect(303);
    chair.get("/ledgers").await.expect(303);
    // The last administrator cannot be taken away.
    admin
        .post("/accounts/of/admin", &[("name", "某"), ("staff", "s-admin"), ("role", "T_CLERK")])
        .await
        .expect(422)
        .says("至少要有一个");
    admin.get("/accounts").await.expect(200);
}

#[tokio::test]
async fn a_reset_password_is_good_once_and_then_ones_own_is_wanted() {
    let bed = Bed::office().await;
    let (mut clerk, mut admin) = (bed.logged_in("clerk").await, bed.logged_in("admin").await);
    admin.get("/accounts/of/clerk").await.expect(200);
    let told = admin.post("/accounts/of/clerk/reset", &[]).await.expect(200);
    let password = told
        .body
        .split("<code class=\"secret\">")
        .nth(1)
        .and_then(|rest| rest.split('<').next())
        .expect("it is shown")
        .to_owned();
    clerk.get("/ledgers").await.expect(303);
    clerk.log_in("clerk", &password).await.expect(303);
    assert_eq!(clerk.get("/ledgers").await.expect(303).location(), "/me/password");
    clerk.get("/me/password").await.expect(200);
    let change = |old: &str, new: &str, again: &str| {
        [("old", old.to_owned()), ("new", new.to_owned()), ("again", again.to_owned())]
    };
    for (old, new, again, said) in [
        (&*password, "12345678", "12345678", "太容易"),
        (&*password, "路灯修好再说吧嘿", "路灯修好再说", "不一样"),
        ("wrong", "路灯修好再说吧嘿", "路灯修好再说吧嘿", "现在的密码不对"),
    ] {
        let typed = change(old, new, again);
        let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = clerk.post("/me/password", &typed).await.expect(422).says(said);
        assert!(!answer.body.contains(new), "a password is never shown");
    }
    let typed = [("old", &*password), ("new", "路灯修好再说吧嘿"), ("again", "路灯修好再说吧嘿")];
    clerk.post("/me/password", &typed).await.expect(303);
    clerk.get("/ledgers").await.expect(200);
    assert!(!Book::of(&bed.data()).read().expect("accounts").find("clerk").expect("the clerk").must_change);
    let file = std::fs::read_to_string(Book::of(&bed.data()).path()).expect("a file");
    assert!(!file.contains("路灯修好") && !file.contains(&password) && !file.contains(PASSWORD));
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let bed = Bed::office().await;
    let (mut one, mut two) = (bed.logged_in("clerk").await, bed.logged_in("clerk").await);
    let mine = one.get("/me").await.expect(200);
    let other = mine.value("session").expect("the other one can be ended");
    one.post("/me/end", &[("session", &other)]).await.expect(303);
    two.get("/ledgers").await.expect(303);
    one.get("/ledgers").await.expect(200);
    // Nobody ends another's by this way.
    bed.logged_in("clerk").await;
    let third = one.get("/me").await.value("session").expect("a third");
    let mut chair = bed.logged_in("chair").await;
    chair.post("/me/end", &[("session", &third)]).await.expect(303);
    one.get("/me").await.expect(200).says(&third);
}
