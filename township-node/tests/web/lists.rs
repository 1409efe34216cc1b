//! Lists of a ledger with more than a page holds.

use std::collections::BTreeSet;

use crate::bed::Bed;

fn records(body: &str) -> Vec<String> {
    let after = body.split("href=\"/record/").skip(1);
    after.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

fn next(body: &str) -> Option<String> {
    let at = body.rsplit("rel=\"next\" href=\"").next().filter(|_| body.contains("rel=\"next\" href=\""))?;
    Some(at.split('"').next()?.replace("&amp;", "&"))
}

#[tokio::test]
async fn every_record_is_on_one_page_and_no_more_than_one() {
    let bed = Bed::with_work().await;
    let mut browser = bed.logged_in("clerk").await;
    let (mut seen, mut path, mut pages) = (Vec::new(), Some("/ledger/proposal".to_owned()), 0);
    while let Some(at) = path {
        let page = browser.get(&at).await.expect(200);
        seen.extend(records(&page.body));
        path = next(&page.body);
        pages += 1;
        assert!(pages < 20, "no end");
    }
    let different: BTreeSet<&String> = seen.iter().collect();
    assert!(seen.len() >= 120 && different.len() == seen.len(), "{} of {}", different.len(), seen.len());
    assert_eq!(pages, seen.len().div_ceil(50));
}

#[tokio::test]
async fn lists_are_narrowed_sorted_and_searched() {
    let bed = Bed::with_work().await;
    let node = bed.opened().await;
    let mut browser = bed.logged_in("clerk").await;
    let all = node
        .list(&shared::ledger::List { kind: "proposal".into(), limit: Some(1000), ..Default::default() })
        .expect("a list");
    let first = all.rows.first().expect("a row");
    let count = all.rows.iter().filter(|row| row.status == first.status).count().min(50);
    let page = browser.get(&format!("/ledger/proposal?status={}", first.status)).await.expect(200);
    assert_eq!(records(&page.body).len(), count);
    browser.get("/ledger/proposal?status=no_such").await.expect(404).says("没有“no_such”这个状态");
    // In another order: the same records, page after page.
    let (mut seen, mut page) = (BTreeSet::new(), 1);
    while page <= all.rows.len().div_ceil(50) {
        seen.extend(records(
            &browser.get(&format!("/ledger/proposal?sort=title&page={page}")).await.expect(200).body,
        ));
        page += 1;
    }
    assert_eq!(seen.len(), all.rows.len());
    let word: String = first.title.zh.chars().skip(2).take(4).collect();
    let found =
        browser.get(&format!("/ledger/proposal?q={}", crate::browser::encoded(&word))).await.expect(200);
    assert!(records(&found.body).contains(&first.id.to_string()), "{word}");
    let none = browser.get("/ledger/proposal?q=%E6%9C%88%E7%90%83%E8%83%8C%E9%9D%A2").await.expect(200);
    assert!(records(&none.body).is_empty());
    browser.get("/ledger/proposal?after=x").await.expect(422);
}

#[tokio::test]
async fn every_page_of_an_office_with_work_is_there() {
    let bed = Bed::with_work().await;
    let mut browser = bed.logged_in("clerk").await;
    browser.get("/").await.expect(200);
    browser.get("/due?days=365").await.expect(200);
    browser.get("/held").await.expect(200);
    browser.get("/about").await.expect(200);
    let ledgers = browser.get("/ledgers").await.expect(200);
    let kinds: BTreeSet<&str> =
        ledgers.body.split("href=\"/ledger/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(kinds.len() > 40, "{kinds:?}");
    for kind in kinds {
        let list = browser.get(&format!("/ledger/{kind}")).await.expect(200);
        if let Some(id) = records(&list.body).first() {
            let record = browser.get(&format!("/record/{id}")).await.expect(200);
            let steps: BTreeSet<&str> = record
                .body
                .split(&format!("href=\"/record/{id}/do/"))
                .skip(1)
                .filter_map(|rest| rest.split('"').next())
                .collect();
            for step in steps {
                browser.get(&format!("/record/{id}/do/{step}")).await.expect(200);
            }
        }
        if let Some(create) = list.body.split(&format!("href=\"/ledger/{kind}/new/")).nth(1) {
            let action = create.split('"').next().expect("an address");
            browser.get(&format!("/ledger/{kind}/new/{action}")).await.expect(200);
        }
    }
}
