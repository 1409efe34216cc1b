//! The body of a request: a form, perhaps with files.

use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request};
use http::{StatusCode, header};
use shared::code::ErrorCode;
use shared::program::Failure;
use shared::ui::address::encoded;
use shared::ui::form::Pairs;

use super::route::Takes;
use crate::limits;

/// A file that came with a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Upload {
    /// Name of the control.
    pub(super) control: String,
    /// As the browser calls the file; nothing is to be believed of it.
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// What came.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) form: Pairs,
    pub(super) files: Vec<Upload>,
    /// The form without its files, as it would come without any: to be shown again after a login.
    pub(super) raw: String,
}

/// Why a body is not read, with the HTTP status of its own.
pub(super) type Unread = (StatusCode, Failure);

/// Reads the body of a request within its bounds.
///
/// # Errors
/// It is too large, broke off, or is not the kind of form that the route takes.
pub(super) async fn read(takes: Takes, request: Request) -> Result<Body, Unread> {
    let multipart = media(&request).is_some_and(|media| media.eq_ignore_ascii_case("multipart/form-data"));
    match takes {
        Takes::Nothing => Ok(Body::default()),
        Takes::Files(most) if multipart => read_files(request, most).await,
        Takes::Form | Takes::Files(_) => read_form(request).await,
    }
}

fn media(request: &Request) -> Option<&str> {
    let value = request.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    value.split(';').next().map(str::trim)
}

async fn read_form(request: Request) -> Result<Body, Unread> {
    if !media(&request).is_some_and(|media| media.eq_ignore_ascii_case("application/x-www-form-urlencoded")) {
        let (zh, en) = ("表单格式不对。", "The form is not of the kind that is taken here.");
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, Failure::new(ErrorCode::Usage, zh, en)));
    }
    let most = limits::WEB_FORM_BYTES_MAX;
    let bytes = axum::body::to_bytes(request.into_body(), most).await.map_err(|_| too_large(most))?;
    let text = String::from_utf8(bytes.to_vec()).map_err(|_| not_well_written())?;
    let pairs = shared::http::pairs(&text).map_err(|_| not_well_written())?;
    if pairs.len() > limits::WEB_FORM_FIELDS_MAX {
        return Err(too_large(most));
    }
    let pairs = pairs.into_iter().map(|(name, value)| (name, lines(&value)));
    Ok(Body { form: Pairs::from_iter(pairs), files: Vec::new(), raw: text })
}

async fn read_files(mut request: Request, most: usize) -> Result<Body, Unread> {
    DefaultBodyLimit::max(most).apply(&mut request);
    let mut multipart = Multipart::from_request(request, &()).await.map_err(|_| not_well_written())?;
    let mut read = Body::default();
    let (mut fields, mut total) = (0, 0);
    while let Some(field) = multipart.next_field().await.map_err(|_| not_well_written())? {
        fields += 1;
        let control = field.name().unwrap_or_default().to_owned();
        let name = field.file_name().map(str::to_owned);
        let bytes = field.bytes().await.map_err(|error| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => too_large(most),
            _ => not_well_written(),
        })?;
        total += bytes.len();
        if fields > limits::WEB_FORM_FIELDS_MAX || total > most {
            return Err(too_large(most));
        }
        match name {
            // A control without a file is sent as an empty one.
            Some(_) if bytes.is_empty() => {}
            Some(name) => read.files.push(Upload { control, name, bytes: bytes.to_vec() }),
            None => {
                let text = String::from_utf8(bytes.to_vec()).map_err(|_| not_well_written())?;
                read.form.push(control, lines(&text));
            }
        }
    }
    let pair = |(name, value): (&str, &str)| format!("{}={}", encoded(name), encoded(value));
    read.raw = read.form.iter().map(pair).collect::<Vec<_>>().join("&");
    Ok(read)
}

/// Browsers end lines with two characters.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

fn too_large(most: usize) -> Unread {
    let most = most / 1024 / 1024;
    let (zh, en) = (
        format!("提交的内容过大，最多 {most} MB。"),
        format!("What was sent is too large; {most} MB at most."),
    );
    (StatusCode::PAYLOAD_TOO_LARGE, Failure::new(ErrorCode::Invalid, zh, en))
}

fn not_well_written() -> Unread {
    let (zh, en) =
        ("提交的内容没有完整收到，请再试一次。", "What was sent did not come whole; please try again.");
    (StatusCode::BAD_REQUEST, Failure::new(ErrorCode::Usage, zh, en))
}
