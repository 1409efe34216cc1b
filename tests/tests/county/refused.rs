//! What a clerk sees when the county says no: in both languages, with what to do, and with nothing lost.

use std::sync::Arc;

use county_hub::app::ask::Ask as _;
use county_hub::app::township;
use shared::code::ErrorCode;
use shared::program::{Failure, Lang, Layers};
use tokio_util::sync::CancellationToken;
use township_node::app::{Node, join};
use township_node::config::Config;
use xianglian_tests::clock::StoryClock;
use xianglian_tests::cluster::{Cluster, plain};
use xianglian_tests::county::County;

const TOWN: &str = "石桥镇";
/// 2009-01-01 00:00 in UTC.
const YEAR_2009: i64 = 1_230_768_000_000;

#[track_caller]
fn says(failure: &Failure, code: ErrorCode, zh: &str, en: &str) {
    assert_eq!(failure.code, code, "{failure:?}");
    let said = [failure.render(Lang::Zh), failure.render(Lang::En)];
    assert!(said[0].contains(zh) && said[0].contains("怎么办："), "{}", said[0]);
    assert!(said[1].contains(en) && said[1].contains("what to do: "), "{}", said[1]);
}

async fn sync(node: &Node) -> Failure {
    node.sync(|_| {}, &CancellationToken::new()).await.map(|_| ()).expect_err("the exchange is refused")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_another_hub_a_used_one_and_a_mistyped_one() -> anyhow::Result<()> {
    let (here, elsewhere) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let cluster = Cluster::start(here.path(), County::fictional().of(&[TOWN])).await?;
    let other = Cluster::start(elsewhere.path(), County::fictional().of(&[TOWN])).await?;
    let town = cluster.town(TOWN);
    let token =
        |cluster: &Cluster| township::Reenrol { code: town.code }.answer(cluster.hub.app()).map_err(plain);
    let fresh = |name: &str| {
        let data = here.path().join(name);
        std::fs::create_dir_all(&data)?;
        let settings = [("state.dir", here.path().join("state").display().to_string())];
        std::fs::write(data.join(township_node::config::FILE), township_node::config::file(&settings))?;
        Config::load(&data, Layers::default()).map_err(plain)
    };
    let clock = || Arc::new(StoryClock::default());

    let foreign = token(&other)?.token;
    let address = cluster.address.to_string();
    let refused =
        join(fresh("a")?, clock(), &foreign, Some(&address)).await.map(|_| ()).expect_err("not its token");
    says(&refused, ErrorCode::Setup, "不是发出加入码的县中心；加入码没有发出", "the token was not sent");

    let good = token(&cluster)?.token;
    let mut wrong = good.clone();
    let last = if wrong.pop() == Some('2') { '3' } else { '2' };
    wrong.push(last);
    let refused =
        join(fresh("b")?, clock(), &wrong, None).await.map(|_| ()).expect_err("a slip of the finger");
    says(&refused, ErrorCode::Invalid, "加入码", "token");

    let joined = join(fresh("c")?, clock(), &good, None).await.map(|_| ());
    joined.map_err(plain)?;
    let refused = join(fresh("d")?, clock(), &good, None).await.map(|_| ()).expect_err("used by another PC");
    says(&refused, ErrorCode::Forbidden, "加入码已经用过", "token has been used");
    other.stop().await?;
    cluster.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_certificate_is_refused_at_once() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let cluster = Cluster::start(root.path(), County::fictional().of(&[TOWN])).await?;
    let node = cluster.node(TOWN);
    node.sync(|_| {}, &CancellationToken::new()).await.map_err(plain)?;
    let code = cluster.town(TOWN).code;
    township::Revoke { code, reason: "lost".to_owned() }.answer(cluster.hub.app()).map_err(plain)?;
    let refused = sync(node).await;
    says(&refused, ErrorCode::Forbidden, "吊销", "revoked");
    let status = node.status(Lang::Zh);
    assert!(status.failure.is_some_and(|why| why.contains("吊销")), "status says it too");
    assert!(status.last_success.is_some() && status.last_failure.is_some());
    cluster.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pc_in_the_year_2009_is_told_its_date() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let mut cluster = Cluster::start(root.path(), County::fictional().of(&[TOWN])).await?;
    let folder = cluster.close_node(TOWN);
    let clock = Arc::new(StoryClock::default());
    clock.pin(YEAR_2009);
    let config = Config::load(&folder, Layers::default()).map_err(plain)?;
    let node = Node::open(config, clock.clone()).map_err(plain)?;
    let refused = sync(&node).await;
    says(&refused, ErrorCode::Setup, "本机日期不对：2009-01-01", "PC's date is wrong: 2009-01-01");
    clock.release();
    node.sync(|_| {}, &CancellationToken::new()).await.map_err(plain)?;
    assert!(node.status(Lang::Zh).failure.is_none(), "put right, it goes on by itself");
    cluster.stop().await
}
