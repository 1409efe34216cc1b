//! Answers that describe themselves. One declaration gives the type, how it is written and its schema (JSON Schema
//! 2020-12, as OpenAPI 3.1 has it), so that the description cannot say what the answers do not.
//!
//! Every field is always there; what is not known is `null`.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use shared::ids::{RecordId, TownshipCode};
use shared::program::Text;

/// Schemas with a name, for `components`.
#[derive(Debug, Default)]
pub(super) struct Defs(BTreeMap<&'static str, (&'static str, Json)>);

/// Name, what is said of it, schema.
type Field = (&'static str, &'static [&'static str], Json);

impl Defs {
    /// An object under its name; gives the reference to it. The fields may refer to the object itself. `path` is the name
    /// of the type with its module.
    ///
    /// # Panics
    /// In tests: two types have one name, so that one of them would be described as the other.
    pub(super) fn object(
        &mut self,
        (name, path): (&'static str, &'static str),
        about: &[&str],
        fields: impl FnOnce(&mut Self) -> Vec<Field>,
    ) -> Json {
        let known = self.0.get(name).map(|(path, _)| *path);
        debug_assert!(known.is_none_or(|known| known == path), "{path} has the name of {known:?}");
        if known.is_none() {
            self.0.insert(name, (path, Json::Null));
            let (mut properties, mut required) = (Map::new(), Vec::new());
            for (field, about, mut schema) in fields(self) {
                let field = field.trim_start_matches("r#");
                if !about.is_empty() {
                    // A reference may have a description beside it since 3.1.
                    schema["description"] = json!(sentence(about));
                }
                properties.insert(field.to_owned(), schema);
                required.push(field.to_owned());
            }
            let mut schema = json!({
                "type": "object",
                "properties": properties,
                "required": required,
                "additionalProperties": false,
            });
            if !about.is_empty() {
                schema["description"] = json!(sentence(about));
            }
            self.0.insert(name, (path, schema));
        }
        json!({ "$ref": format!("#/components/schemas/{name}") })
    }

    pub(super) fn into_schemas(self) -> Json {
        self.0.into_iter().map(|(name, (_, schema))| (name.to_owned(), schema)).collect()
    }
}

/// The lines of a doc comment as one text.
fn sentence(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}

/// A type that can say what it is written as.
pub(super) trait Described {
    fn schema(defs: &mut Defs) -> Json;
}

/// Declares answers: structs that are written as JSON and described, doc comments included.
macro_rules! answer {
    ($($(#[doc = $doc:literal])* pub struct $name:ident {
        $($(#[doc = $about:literal])* pub $field:ident: $kind:ty,)*
    })*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, serde::Serialize)]
        pub(in crate::web) struct $name {
            $($(#[doc = $about])* pub(in crate::web) $field: $kind,)*
        }

        impl $crate::web::schema::Described for $name {
            fn schema(defs: &mut $crate::web::schema::Defs) -> serde_json::Value {
                let name = (stringify!($name), concat!(module_path!(), "::", stringify!($name)));
                defs.object(name, &[$($doc),*], |defs| vec![
                    $((
                        stringify!($field),
                        &[$($about),*],
                        <$kind as $crate::web::schema::Described>::schema(defs),
                    ),)*
                ])
            }
        }
    )*};
}
pub(super) use answer;

answer! {
    /// Chinese and English.
    pub struct Words {
        pub zh: String,
        pub en: String,
    }
}

impl Words {
    pub(super) fn of(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}

impl From<Text> for Words {
    fn from(text: Text) -> Self {
        Self { zh: text.zh, en: text.en }
    }
}

impl From<&shared::catalogue::model::Label> for Words {
    fn from(label: &shared::catalogue::model::Label) -> Self {
        Self::of(&label.zh, &label.en)
    }
}

/// A moment, RFC 3339.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub(super) struct Moment(pub(super) String);

/// A day, `2026-11-23`.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub(super) struct Date(pub(super) String);

impl Described for Moment {
    fn schema(_: &mut Defs) -> Json {
        json!({ "type": "string", "format": "date-time" })
    }
}

impl Described for Date {
    fn schema(_: &mut Defs) -> Json {
        json!({ "type": "string", "format": "date" })
    }
}

impl Described for String {
    fn schema(_: &mut Defs) -> Json {
        json!({ "type": "string" })
    }
}

impl Described for bool {
    fn schema(_: &mut Defs) -> Json {
        json!({ "type": "boolean" })
    }
}

macro_rules! whole_numbers {
    ($($kind:ty: $rest:tt),*) => {$(
        impl Described for $kind {
            fn schema(_: &mut Defs) -> Json {
                let mut schema = json!($rest);
                schema["type"] = json!("integer");
                schema
            }
        }
    )*};
}
whole_numbers!(
    u16: { "minimum": 0 },
    u32: { "minimum": 0 },
    u64: { "minimum": 0 },
    i32: { "format": "int32" },
    i64: { "format": "int64" }
);

impl Described for TownshipCode {
    fn schema(_: &mut Defs) -> Json {
        json!({ "type": "string", "pattern": super::query::TOWNSHIP_PATTERN })
    }
}

impl Described for RecordId {
    fn schema(_: &mut Defs) -> Json {
        json!({ "type": "string", "format": "uuid" })
    }
}

/// Whatever stands under names that the answer itself gives.
impl Described for Map<String, Json> {
    fn schema(_: &mut Defs) -> Json {
        json!({ "type": "object", "additionalProperties": true })
    }
}

impl<T: Described> Described for Vec<T> {
    fn schema(defs: &mut Defs) -> Json {
        json!({ "type": "array", "items": T::schema(defs) })
    }
}

impl<T: Described> Described for Option<T> {
    fn schema(defs: &mut Defs) -> Json {
        json!({ "anyOf": [T::schema(defs), { "type": "null" }] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    answer! {
        /// A branch
        /// of a tree.
        pub struct Branch {
            /// What it is.
            pub r#type: String,
            pub leaves: Option<u32>,
            pub branches: Vec<Branch>,
        }
    }

    #[test]
    fn a_type_says_what_it_is_written_as() {
        let mut defs = Defs::default();
        assert_eq!(Branch::schema(&mut defs)["$ref"], "#/components/schemas/Branch");
        let schema = &defs.into_schemas()["Branch"];
        assert_eq!(schema["description"], "A branch of a tree.");
        assert_eq!(schema["properties"]["type"]["description"], "What it is.");
        assert_eq!(schema["properties"]["branches"]["items"]["$ref"], "#/components/schemas/Branch");
        assert_eq!(schema["required"], json!(["type", "leaves", "branches"]));
        let written = serde_json::to_value(Branch { r#type: "b".into(), leaves: None, branches: Vec::new() });
        assert_eq!(written.expect("JSON"), json!({ "type": "b", "leaves": null, "branches": [] }));
    }
}
