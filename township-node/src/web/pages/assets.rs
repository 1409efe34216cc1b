//! Style and scripts. Open to everybody: the login needs them.

use shared::program::Failure;
use shared::ui::assets;

use super::super::route::{Asked, Reply, Route, Who};

pub(super) const ROUTES: &[Route] =
    &[Route::get("asset", "/assets/{name}", Who::Anybody, asset).shut_or_open().by_itself()];

fn asset(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let address = format!("{}{}", assets::FOLDER, asked.at("name"));
    let asset = assets::at(&address);
    let asset = asset.ok_or_else(|| Failure::not_found("没有这个文件。", "There is no such file."))?;
    let reply = Reply {
        status: http::StatusCode::OK,
        headers: Vec::new(),
        body: asset.text.as_bytes().to_vec(),
        media: asset.content_type,
    };
    Ok(reply.header(http::header::CACHE_CONTROL, assets::CACHE_CONTROL))
}
