//! Errors of the way to the county, as a clerk meets them.

use shared::net::failure::{Failure as NetFailure, Retry};
use shared::program::Failure;

/// What went wrong on the way to the county.
pub(super) fn net(failure: &NetFailure) -> Failure {
    let said = Failure::sentence(failure.code(), &failure.zh(), &failure.en());
    match failure.retry() {
        Retry::Later => said.advise(
            "数据都在本机，没有丢失；稍后会自动再试，也可以再运行一次 sync。",
            "Everything is safe on this PC; it will be tried again by itself, or run sync again.",
        ),
        Retry::Clerk => {
            said.advise("请按上面的提示处理后再试。", "Put this right on this PC, then try again.")
        }
        Retry::County => said.advise(
            "请联系县人大办；数据都在本机，没有丢失。",
            "Please call the county office; everything is safe on this PC.",
        ),
    }
}
