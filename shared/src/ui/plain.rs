//! Pages with one thing on them: a question before something is done, who is there, what went wrong.

use maud::{Markup, html};

use super::Words;
use super::icon::{Icon, icon};
use super::notice::{Notice, notice};
use super::sync_line::hidden;
use crate::program::Failure;

/// A question before something is done that cannot simply be taken back.
pub struct Confirm<'a> {
    pub title: &'a str,
    pub text: &'a str,
    /// What is meant, line by line.
    pub details: &'a [(&'a str, &'a str)],
    pub post: &'a str,
    /// What the button says: the thing that will be done.
    pub button: &'a str,
    pub grave: bool,
    pub cancel: &'a str,
    pub hidden: &'a [(&'a str, &'a str)],
}

pub fn confirm(w: &Words, confirm: &Confirm<'_>) -> Markup {
    html! {
        section.card.confirm {
            h1 { (confirm.title) }
            p { (confirm.text) }
            @if !confirm.details.is_empty() {
                dl.fields { @for (label, value) in confirm.details { div.pair.wide { dt { (label) } dd { (value) } } } }
            }
            form method="post" action=(confirm.post) {
                (hidden(confirm.hidden))
                div.buttons {
                    button class=(if confirm.grave { "danger" } else { "main" }) type="submit" { (confirm.button) }
                    a.button.quiet href=(confirm.cancel) { (w.cancel) }
                }
            }
        }
    }
}

/// Who is there. Posted: `account`, `password`.
pub struct Login<'a> {
    pub title: &'a str,
    pub post: &'a str,
    pub account: &'a str,
    /// Why it did not work.
    pub wrong: Option<&'a str>,
    pub notices: &'a [Notice],
    pub hidden: &'a [(&'a str, &'a str)],
}

pub fn login(w: &Words, login: &Login<'_>) -> Markup {
    let described = login.wrong.map(|_| "login-error");
    let invalid = login.wrong.map(|_| "true");
    html! {
        @for said in login.notices { (notice(w, said)) }
        section.card.login {
            h1 { (login.title) }
            form method="post" action=(login.post) {
                (hidden(login.hidden))
                @if let Some(wrong) = login.wrong { p.error #login-error role="alert" { (icon(Icon::Alarm)) (wrong) } }
                div.field {
                    label for="account" { (w.account) }
                    input #account type="text" name="account" value=(login.account) autocomplete="username" autocapitalize="none" spellcheck="false" required aria-invalid=[invalid] aria-describedby=[described];
                }
                div.field {
                    label for="password" { (w.password) }
                    input #password type="password" name="password" autocomplete="current-password" required aria-invalid=[invalid] aria-describedby=[described];
                }
                div.buttons { button.main type="submit" { (w.sign_in) } }
            }
            p.help { (w.forgotten) }
        }
    }
}

/// What went wrong, in words, and where one can go from here. `number` finds it in the log.
pub fn error(w: &Words, failure: &Failure, ways: &[(&str, &str)], number: Option<&str>) -> Markup {
    let said = &failure.said;
    html! {
        section.card.error-page {
            (icon(Icon::Warning))
            h1 { (said.message.get(w.lang)) }
            @if !said.details.is_empty() { ul { @for detail in &said.details { li { (detail.get(w.lang)) } } } }
            @if let Some(advice) = &said.advice { p { b { (w.what_to_do) } (advice.get(w.lang)) } }
            div.actions { @for (nth, (label, address)) in ways.iter().enumerate() { a.button.main[nth == 0] href=(address) { (label) } } }
            p.help { (failure.code.name()) @if let Some(number) = number { " · " (w.error_number) " " code { (number) } } }
        }
    }
}
