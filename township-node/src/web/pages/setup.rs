//! The first start, in the browser: which office this is, then the first account. At this machine, or from another one with
//! the code that the program's terminal shows.

use maud::{Markup, html};
use shared::catalogue::model::{Catalogue, NodeKind};
use shared::code::ErrorCode;
use shared::program::{Failure, edited};
use shared::record::Role;
use shared::ui::notice::{Notice, Tone, notice};

use super::super::controls::{Line, boxes, choice, line, wrong};
use super::super::handle::LANG;
use super::super::route::{Asked, Reply, Route, Who};
use super::{login, wait};
use crate::accounts::{Account, Draft, Event, hash, judge};
use crate::app::NewOffice;
use crate::config::{self, SETTINGS};
use crate::host::{Errand, Standing};

pub(super) const ROUTES: &[Route] = &[
    Route::get("setup", PATH, Who::SetUp, ask).shut_or_open(),
    Route::post("setup_join", JOIN, Who::SetUp, join).shut_or_open(),
    Route::post("setup_begin", BEGIN, Who::SetUp, begin).shut_or_open(),
    Route::post("setup_account", ACCOUNT, Who::SetUp, account).shut_or_open(),
];

pub(in super::super) const PATH: &str = "/setup";
const JOIN: &str = "/setup/join";
const BEGIN: &str = "/setup/begin";
const ACCOUNT: &str = "/setup/account";
const CODE: &str = "setup_code";

fn ask(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let house = asked.house;
    match house.host.standing() {
        Standing::NotSetUp => {
            let failed = house.host.joined().and_then(Result::err);
            Ok(office(asked, failed.as_ref()))
        }
        standing @ Standing::Joining => Ok(wait::page(asked, &standing)),
        _ if house.has_no_account() => Ok(first_account(asked, None)),
        _ => Ok(Reply::see("/")),
    }
}

/// Whether whoever asks may set the office up.
fn admit(asked: &Asked<'_>) -> Result<(), Failure> {
    if asked.person.is_some() || asked.here || asked.house.is_set_up_code(asked.posted(CODE)) {
        return Ok(());
    }
    Err(Failure::new(
        ErrorCode::Forbidden,
        "验证码不对。",
        "The code is wrong.",
    )
    .advise(
        "请在装有本程序的电脑上打开网页，或填写程序启动时终端里显示的八位验证码（错十次后须重新启动程序）。",
        "Open the pages at the PC itself, or give the eight digits that the program's terminal showed at its start (after ten wrong ones it has to be started again).",
    ))
}

fn page(asked: &Asked<'_>, body: &Markup) -> Reply {
    let title = asked.t("初次设置", "Setting up");
    let other = format!("{PATH}?{LANG}={}", asked.lang.pick("en", "zh"));
    Reply::page(shared::ui::layout::alone(asked.words(), "", title, Some(&other), body))
}

fn code(asked: &Asked<'_>) -> Markup {
    let help = asked.t(
        "程序启动时终端里显示的八位数字。",
        "The eight digits that the program's terminal showed at its start.",
    );
    let field = Line { name: CODE, label: asked.t("验证码", "Code"), help, must: true, ..Line::default() };
    html! { @if !asked.here && asked.person.is_none() { (line(asked.words(), field)) } }
}

fn office(asked: &Asked<'_>, failed: Option<&Failure>) -> Reply {
    let w = asked.words();
    let value = |name: &'static str| asked.form.get(name).unwrap_or_default();
    let text = |name, label, help| Line { name, label, help, value: value(name), ..Line::default() };
    let kinds: Vec<(&str, &str)> =
        NodeKind::ALL.iter().map(|kind| (kind.code(), asked.t(kind.label().0, kind.label().1))).collect();
    let catalogue = Catalogue::builtin();
    let profiles: Vec<(&str, &str)> = catalogue
        .profiles
        .values()
        .map(|profile| (profile.id.as_str(), asked.lang.of(&profile.label)))
        .collect();
    let body = html! {
        div.card {
            h1 { (asked.t("欢迎使用乡联", "Welcome to Xianglian")) }
            p { (asked.t("先告诉程序这是哪个乡镇。数据都保存在这台电脑上。", "First: which office is this? Everything is kept on this PC.")) }
            (wrong(asked, failed))
        }
        div.card {
            h2 { (asked.t("县里给了加入码", "The county has given a token")) }
            form method="post" action=(JOIN) novalidate {
                div.fields.single {
                    (code(asked))
                    (line(w, Line { must: true, ..text("joining", asked.t("加入码", "Token"), asked.t("整行粘贴进来即可。", "Paste the whole line.")) }))
                    (line(w, text("hub", asked.t("县级节点地址", "Address of the hub"), asked.t("加入码里有则不必填。", "Not needed if the token holds it."))))
                }
                div.buttons { button.main type="submit" { (asked.t("加入", "Join")) } }
            }
        }
        details.card {
            summary { (asked.t("还没有加入码，先开始登记", "No token yet: begin without the county")) }
            form method="post" action=(BEGIN) novalidate {
                div.fields.single {
                    (code(asked))
                    (line(w, Line { must: true, ..text("code", asked.t("乡镇代码", "Township code"), asked.t("九位统计用区划代码，如 330282107。", "Nine digits, such as 330282107.")) }))
                    (line(w, Line { must: true, ..text("name", asked.t("乡镇名称", "Name"), asked.t("如 坎墩街道。", "Such as 坎墩街道.")) }))
                    (choice("kind", asked.t("类型", "Form"), "", value("kind"), &kinds))
                    (line(w, text("abbr", asked.t("编号用简称", "Short name in numbers"), asked.t("空则取名称，如 坎墩。", "Empty: from the name."))))
                    (choice("profile", asked.t("法定期限依据", "Legal profile"), asked.t("加入县里后以县里为准。", "Once joined, the county's word counts."), if value("profile").is_empty() { "national" } else { value("profile") }, &profiles))
                }
                div.buttons { button.main type="submit" { (asked.t("开始", "Begin")) } }
            }
        }
    };
    page(asked, &body)
}

fn join(asked: &Asked<'_>) -> Result<Reply, Failure> {
    admit(asked)?;
    let token = asked.posted("joining").to_owned();
    if token.is_empty() {
        return Ok(refused(office(
            asked,
            Some(&Failure::invalid("请填写加入码。", "The token is missing.")),
        )));
    }
    asked.house.note(Event::SetUp, "", asked.from, "join");
    language(asked)?;
    let hub = Some(asked.posted("hub").to_owned()).filter(|hub| !hub.is_empty());
    asked.house.host.send(Errand::Join { token, hub });
    Ok(Reply::see(PATH))
}

fn begin(asked: &Asked<'_>) -> Result<Reply, Failure> {
    admit(asked)?;
    let given = |name: &str| Some(asked.posted(name).to_owned()).filter(|text| !text.is_empty());
    let wanted = NewOffice {
        code: Some(asked.posted("code").to_owned()),
        name: given("name"),
        kind: given("kind"),
        abbr: given("abbr"),
        profile: given("profile"),
        ..NewOffice::default()
    };
    let missing = || Failure::invalid("请填写乡镇名称。", "The name is missing.");
    let settings = if wanted.name.is_some() { wanted.settings() } else { Err(missing()) };
    match settings {
        Ok(settings) => write(asked, &settings)?,
        Err(failure) => return Ok(refused(office(asked, Some(&failure)))),
    }
    asked.house.note(Event::SetUp, "", asked.from, asked.posted("code"));
    language(asked)?;
    asked.house.host.send(Errand::Open);
    Ok(Reply::see(PATH))
}

fn refused(reply: Reply) -> Reply {
    reply.status(http::StatusCode::UNPROCESSABLE_ENTITY)
}

/// The language of the set-up is that of the program from now on.
fn language(asked: &Asked<'_>) -> Result<(), Failure> {
    write(asked, &[("lang", asked.lang.to_string())])
}

fn write(asked: &Asked<'_>, settings: &[(&str, String)]) -> Result<(), Failure> {
    let data = asked.house.host.data();
    match shared::program::read_if_there(&data.join(config::FILE))? {
        None => config::write_new(data, settings).map(drop),
        Some((path, text)) => {
            let text = edited(&SETTINGS, &text, settings);
            shared::program::replace(std::path::Path::new(&path), text.as_bytes()).map_err(|error| {
                Failure::new(
                    ErrorCode::Setup,
                    format!("无法写入 {path}。"),
                    format!("{path} cannot be written."),
                )
                .because(error)
            })
        }
    }
}

/// Roles of the first account, that of the administrator apart.
const FIRST_ROLES: [Role; 3] = [Role::TClerk, Role::TVice, Role::TChair];

fn first_account(asked: &Asked<'_>, failed: Option<&Failure>) -> Reply {
    let w = asked.words();
    let value = |name: &'static str| asked.form.get(name).unwrap_or_default();
    let roles: Vec<(&str, &str)> =
        FIRST_ROLES.iter().map(|role| (role.code(), asked.t(role.label().0, role.label().1))).collect();
    let chosen = |code: &str| {
        if failed.is_some() {
            asked.form.all("role").any(|role| role == code)
        } else {
            code == Role::TClerk.code()
        }
    };
    let secret = |name, label, help| Line {
        name,
        label,
        help,
        kind: "password",
        complete: "new-password",
        must: true,
        ..Line::default()
    };
    let joined = asked.house.host.joined().and_then(Result::ok);
    let body = html! {
        @if let Some(joined) = &joined {
            (notice(w, &Notice::new(Tone::Success, asked.lang.pick(&format!("已加入：{}。", joined.name), &format!("Joined: {}.", joined.name)))))
        }
        div.card {
            h1 { (asked.t("第一个账号", "The first account")) }
            p { (asked.t("它同时是管理员，可以再为别人建账号、重设密码。", "It is the administrator's: it makes accounts for others and sets their passwords.")) }
            (wrong(asked, failed))
            form method="post" action=(ACCOUNT) novalidate {
                div.fields.single {
                    (code(asked))
                    (line(w, Line { name: "name", label: asked.t("姓名", "Name"), value: value("name"), help: asked.t("只在本机显示，不会上报。", "Shown on this PC alone; it never leaves the office."), complete: "name", must: true, ..Line::default() }))
                    (line(w, Line { name: "login", label: asked.t("登录名", "Login name"), value: value("login"), help: asked.t("英文字母和数字，如 rd01。", "Letters and digits, such as rd01."), complete: "username", must: true, ..Line::default() }))
                    (line(w, secret("password", asked.t("密码", "Password"), asked.t("至少 8 个字符。", "At least 8 characters."))))
                    (line(w, secret("again", asked.t("再输一次", "The same again"), "")))
                    (boxes("role", asked.t("同时担任", "Also"), "", &chosen, &roles))
                }
                div.buttons { button.main type="submit" { (asked.t("完成", "Done")) } }
            }
        }
    };
    page(asked, &body)
}

fn account(asked: &Asked<'_>) -> Result<Reply, Failure> {
    admit(asked)?;
    let house = asked.house;
    let password = asked.form.get("password").unwrap_or_default();
    let staff = house.host.config().map(|config| config.staff).unwrap_or_else(|_| "u1".to_owned());
    let roles = FIRST_ROLES.into_iter().filter(|role| asked.form.all("role").any(|code| code == role.code()));
    let draft = Draft {
        name: asked.posted("name").to_owned(),
        staff,
        roles: roles.chain([Role::TAdmin]).collect(),
        lang: Some(asked.lang),
        stands_for: None,
    };
    let made = || {
        let account = Account::new(asked.posted("login"), &draft, String::new())?;
        judge(&account.login, password)?;
        if asked.form.get("again") != Some(password) {
            return Err(Failure::invalid("两次输入的密码不一样。", "The two passwords differ."));
        }
        Account::new(&account.login, &draft, hash(house.clock(), password)?)
    };
    let account = match made() {
        Ok(account) => account,
        Err(failure) => return Ok(refused(first_account(asked, Some(&failure)))),
    };
    house.book.change(|content| {
        // Somebody else may have been faster.
        if !content.accounts.is_empty() {
            return Err(Failure::new(
                ErrorCode::Conflict,
                "已经有账号了，请登录。",
                "There is an account already; please log in.",
            ));
        }
        content.add(account.clone())
    })?;
    house.note(Event::AccountAdded, &account.login, asked.from, &account.login);
    let cookie =
        house.sessions.begin(house.clock(), house.tick(), &account, asked.from.to_string(), asked.cookie);
    let cookie = login::session_cookie(house, cookie.as_str());
    Ok(Reply::see("/").header(http::header::SET_COOKIE, &cookie))
}
