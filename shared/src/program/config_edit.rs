//! Changing single settings in a file that somebody may have written comments into: only the lines of these settings
//! change.

use super::config::Setting;

/// The text with these settings set. A setting that the file does not name yet, not even as a comment, is added at the
/// end of its section; a section that is not there at the end of the file. Pure: nothing is read or written.
pub fn edited(table: &[Setting], text: &str, changes: &[(&str, String)]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for (key, value) in changes {
        let (section, name) = key.rsplit_once('.').unwrap_or(("", key));
        let bare = table.iter().any(|setting| setting.key == *key && setting.bare);
        let value = if bare { value.clone() } else { toml::Value::String(value.clone()).to_string() };
        let line = format!("{name} = {value}");
        match place(&lines, section, name) {
            Place::Line(at) => lines[at] = line,
            Place::End(at) => lines.insert(at, line),
            Place::Nowhere => lines.extend([String::new(), format!("[{section}]"), line]),
        }
    }
    lines.join("\n") + "\n"
}

enum Place {
    /// There already, perhaps as a comment.
    Line(usize),
    /// The section ends before this line.
    End(usize),
    Nowhere,
}

fn place(lines: &[String], section: &str, name: &str) -> Place {
    let heading =
        |line: &str| line.trim().strip_prefix('[')?.split_once(']').map(|(name, _)| name.trim().to_owned());
    let start = if section.is_empty() {
        0
    } else {
        match lines.iter().position(|line| heading(line).as_deref() == Some(section)) {
            Some(at) => at + 1,
            None => return Place::Nowhere,
        }
    };
    let end =
        lines[start..].iter().position(|line| heading(line).is_some()).map_or(lines.len(), |n| start + n);
    let names = |line: &str, comment: bool| {
        let line = line.trim_start();
        let line = if comment { line.strip_prefix('#')? } else { line };
        (line.split_once('=')?.0.trim() == name).then_some(())
    };
    let find = |comment| (start..end).find(|at| names(&lines[*at], comment).is_some());
    // What is set comes before what only stands there as a comment.
    if let Some(at) = find(false).or_else(|| find(true)) {
        return Place::Line(at);
    }
    let last = (start..end).rev().find(|at| !lines[*at].trim().is_empty());
    Place::End(last.map_or(start, |at| at + 1))
}

#[cfg(test)]
mod tests {
    use super::super::config::commented_file;
    use super::super::{Layers, Settings, text};
    use super::*;

    static TABLE: [Setting; 4] = [
        Setting { key: "lang", default: Some("zh"), zh: "语言", en: "language", bare: false },
        Setting { key: "hub.address", default: None, zh: "地址", en: "address", bare: false },
        Setting { key: "hub.port", default: Some("7420"), zh: "端口", en: "port", bare: true },
        Setting { key: "web.listen", default: None, zh: "网页", en: "pages", bare: false },
    ];

    fn read(text: &str, key: &str) -> Option<String> {
        let layers = Layers { file: Some(("a".into(), text.into())), ..Layers::default() };
        Settings::settle(&TABLE, "X", &layers).unwrap().get(key).map(str::to_owned)
    }

    #[test]
    fn only_the_lines_of_these_settings_change() {
        let before =
            "# mine\nlang = \"zh\"\n\n[hub] # the county\n#port = 7420\naddress = \"a\"\n# port = 2 of old\n";
        let after = edited(
            &TABLE,
            before,
            &[("hub.port", "9".into()), ("lang", "en".into()), ("web.listen", "off".into())],
        );
        assert_eq!(
            after,
            "# mine\nlang = \"en\"\n\n[hub] # the county\nport = 9\naddress = \"a\"\n# port = 2 of old\n\n[web]\nlisten = \"off\"\n"
        );
        assert_eq!(
            edited(&TABLE, &after, &[("hub.port", "9".into())]),
            after,
            "doing it again changes nothing"
        );
    }

    #[test]
    fn every_setting_of_a_written_file_can_be_changed() {
        let file = commented_file(&TABLE, &text("配置", "settings"), &[]);
        for setting in &TABLE {
            let value = if setting.bare { "5" } else { "a \"b\" \\ 丙" };
            let after = edited(&TABLE, &file, &[(setting.key, value.into())]);
            assert_eq!(read(&after, setting.key).as_deref(), Some(value), "{after}");
            assert_eq!(after.lines().count(), file.lines().count());
        }
    }

    #[test]
    fn a_setting_that_is_not_there_is_added_to_its_section() {
        let after = edited(
            &TABLE,
            "[hub]\nport = 1\n\n[web]\n",
            &[("hub.address", "h:1".into()), ("lang", "en".into())],
        );
        assert_eq!(
            (read(&after, "hub.address").as_deref(), read(&after, "lang").as_deref()),
            (Some("h:1"), Some("en"))
        );
        assert_eq!(edited(&TABLE, "", &[("hub.port", "1".into())]), "\n[hub]\nport = 1\n");
    }
}
