//! Pages as a browser reads them.

use std::collections::BTreeSet;
use std::rc::Rc;

use html5ever::tendril::TendrilSink;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use maud::Markup;

use crate::record::Day;
use crate::ui::Words;
use crate::ui::form::Pairs;
use crate::ui::layout::alone;

/// What nobody may get a page to run.
pub const HOSTILE: &str = "</textarea></title><script>alert(1)</script><img src=x onerror=alert(1)>\"'&amp;";

/// Elements whose text is looked at; that of all would be the page over and over.
const TELLING: [&str; 4] = ["a", "button", "option", "textarea"];

pub struct Dom(RcDom);

impl Dom {
    /// A part of a page, in a page of its own.
    #[track_caller]
    pub fn of(w: &Words, part: &Markup) -> Self {
        Self::page(&alone(w, "石桥镇", "页", None, part))
    }

    /// A whole page, read without an error.
    #[track_caller]
    pub fn page(page: &Markup) -> Self {
        let dom = parse_document(RcDom::default(), ParseOpts::default()).one(page.0.as_str());
        assert!(dom.errors.borrow().is_empty(), "{:?} in {}", dom.errors.borrow(), page.0);
        Self(dom)
    }

    /// Every element in the order of the page, with its ancestors, the nearest last.
    pub fn elements(&self) -> Vec<(Rc<Element>, Vec<Rc<Element>>)> {
        let mut found = Vec::new();
        walk(&self.0.document, &mut Vec::new(), &mut found);
        found
    }

    /// What the rules of the product ask of every page: no code and no style inside it, ids once, every control with its label,
    /// every reference to an id answered.
    #[track_caller]
    pub fn check(&self) {
        let elements = self.elements();
        let mut ids = BTreeSet::new();
        for (element, _) in &elements {
            if let Some(id) = element.get("id") {
                assert!(ids.insert(id.to_owned()), "the id {id} comes twice");
            }
            for (name, value) in &element.attributes {
                assert!(name != "style" && !name.starts_with("on"), "{name}={value} in <{}>", element.name);
                assert!(!value.trim_start().starts_with("javascript:"), "{name}={value}");
            }
            assert!(element.name != "style", "a style inside the page");
            assert!(
                element.name != "script" || element.get("src").is_some_and(|src| src.starts_with("/assets/"))
            );
            assert!(element.name != "img" || element.get("alt").is_some(), "a picture without words");
        }
        let labelled: BTreeSet<&str> =
            elements.iter().filter(|(e, _)| e.name == "label").filter_map(|(e, _)| e.get("for")).collect();
        for (element, above) in &elements {
            for reference in
                ["for", "aria-describedby", "aria-labelledby", "aria-controls", "list", "data-for"]
            {
                for id in element.get(reference).unwrap_or_default().split_whitespace() {
                    assert!(ids.contains(id), "{reference}={id} leads nowhere in <{}>", element.name);
                }
            }
            let local = element.get("href").and_then(|href| href.strip_prefix('#'));
            assert!(
                local.is_none_or(|id| id == "menu" || ids.contains(id)),
                "#{} leads nowhere",
                local.unwrap_or_default()
            );
            let control = match element.name.as_str() {
                "input" => !matches!(element.get("type"), Some("hidden" | "submit")),
                "select" | "textarea" => true,
                _ => false,
            };
            let named = element.get("aria-label").is_some_and(|label| !label.is_empty())
                || element.get("id").is_some_and(|id| labelled.contains(id))
                || above.iter().any(|one| one.name == "label");
            assert!(!control || named, "<{}> {:?} has no label", element.name, element.attributes);
            if element.name == "button" || element.name == "a" {
                assert!(
                    !element.text.trim().is_empty() || element.get("aria-label").is_some(),
                    "{:?} says nothing",
                    element.attributes
                );
            }
        }
    }

    /// The pairs that a browser posts: hidden ones, texts, what is ticked or chosen. Files are left out.
    pub fn posted(&self) -> Pairs {
        let mut pairs = Pairs::default();
        let elements = self.elements();
        for (element, above) in &elements {
            let Some(name) = element.get("name") else { continue };
            if !above.iter().any(|one| one.name == "form") || element.get("disabled").is_some() {
                continue;
            }
            let value = element.get("value").unwrap_or_default();
            match (element.name.as_str(), element.get("type").unwrap_or("text")) {
                ("input", "submit" | "file") => {}
                ("input", "checkbox" | "radio") if element.get("checked").is_none() => {}
                ("input", "checkbox" | "radio") => pairs.push(name, value),
                // A browser shows nothing that is no day.
                ("input", "date") => pairs.push(name, value.parse::<Day>().map_or("", |_| value)),
                ("input", "hidden") => pairs.push(name, value),
                ("input", _) => pairs.push(name, value.replace(['\r', '\n'], "")),
                ("textarea", _) => pairs.push(name, element.text.replace("\r\n", "\n").replace('\n', "\r\n")),
                ("select", _) => pairs.push(name, element.chosen.clone().unwrap_or_default()),
                _ => {}
            }
        }
        pairs
    }
}

#[derive(Debug, Clone, Default)]
pub struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub text: String,
    /// Value of the option of a list that is chosen, else of the first.
    chosen: Option<String>,
}

impl Element {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

fn walk(node: &Handle, above: &mut Vec<Rc<Element>>, found: &mut Vec<(Rc<Element>, Vec<Rc<Element>>)>) {
    let element = element(node).map(Rc::new);
    if let Some(element) = &element {
        found.push((Rc::clone(element), above.clone()));
        above.push(Rc::clone(element));
    }
    for child in node.children.borrow().iter() {
        walk(child, above, found);
    }
    if element.is_some() {
        above.pop();
    }
}

fn element(node: &Handle) -> Option<Element> {
    let NodeData::Element { name, attrs, .. } = &node.data else { return None };
    let attributes = attrs.borrow().iter().map(|a| (a.name.local.to_string(), a.value.to_string())).collect();
    let mut element = Element { name: name.local.to_string(), attributes, ..Element::default() };
    if TELLING.contains(&element.name.as_str()) {
        text(node, &mut element.text);
    }
    if element.name == "select" {
        let options: Vec<Element> =
            node.children.borrow().iter().filter_map(self::element).filter(|e| e.name == "option").collect();
        let chosen = options.iter().find(|option| option.get("selected").is_some()).or(options.first());
        element.chosen = chosen.map(|option| option.get("value").unwrap_or(&option.text).to_owned());
    }
    Some(element)
}

fn text(node: &Handle, out: &mut String) {
    if let NodeData::Text { contents } = &node.data {
        out.push_str(&contents.borrow());
    }
    for child in node.children.borrow().iter() {
        text(child, out);
    }
}
