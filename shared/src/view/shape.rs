//! Whether a value is of its field's type, and within its bounds.

use crate::catalogue::model::{Choice, Field, Pattern, Shape};
use crate::ids::TownshipCode;
use crate::limits;
use crate::record::Value;

/// What is wrong with a value. The texts for people are made by the command gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Another type than the field's.
    Type,
    /// Longer than so many characters.
    Long { max: usize },
    /// Several lines where one is allowed.
    Lines,
    /// Not of the form that the pattern asks for.
    Form(Pattern),
    /// Outside min..=max, as printed.
    Range { min: String, max: String },
    /// More decimals than so many.
    Scale { max: u8 },
    /// Not one of the choices.
    Choice,
    /// The same value twice in a list.
    Twice,
    /// More values than so many.
    Many { max: usize },
    /// Not a township code.
    Township,
    /// A day outside 1900..=2200.
    Day,
    /// A column of a child row that the kind does not have.
    Column(u32),
    /// A column of a child row is wrong.
    Inside { row: usize, field: u32, trouble: Box<Trouble> },
}

/// Whether the value is of the field's type. Bounds and choices are not looked at: a newer catalogue may have widened
/// them. A value of an unknown case fits everywhere.
pub fn fits(shape: &Shape, value: &Value) -> bool {
    let list = |value: &Value, fits: &dyn Fn(&Value) -> bool| match value {
        Value::List(values) => values.iter().all(|v| fits(v) || matches!(v, Value::Unknown(_))),
        _ => false,
    };
    match (shape, value) {
        (_, Value::Unknown(_))
        | (Shape::Text { .. }, Value::Text(_))
        | (Shape::Number { .. } | Shape::Township, Value::Number(_))
        | (Shape::Decimal { .. }, Value::Decimal(_))
        | (Shape::Flag, Value::Flag(_))
        | (Shape::Date, Value::Date(_))
        | (Shape::Time, Value::Time(_))
        | (Shape::Choice(_), Value::Choice(_))
        | (Shape::Link(_), Value::Link(_))
        | (Shape::Blob, Value::Blob(_)) => true,
        (Shape::Choices(_), v) => list(v, &|v| matches!(v, Value::Choice(_))),
        (Shape::Texts { .. }, v) => list(v, &|v| matches!(v, Value::Text(_))),
        (Shape::Links(_), v) => list(v, &|v| matches!(v, Value::Link(_))),
        (Shape::Townships, v) => list(v, &|v| matches!(v, Value::Number(_))),
        (Shape::Rows(columns), v) => list(v, &|v| match v {
            Value::Group(row) => {
                row.iter().all(|(tag, v)| columns.get(tag).is_none_or(|field| fits(&field.shape, v)))
            }
            _ => false,
        }),
        _ => false,
    }
}

/// Type, bounds and choices; what the command gate asks of a value that is given now.
///
/// # Errors
/// The first thing that is wrong.
pub fn check(shape: &Shape, value: &Value) -> Result<(), Trouble> {
    if matches!(value, Value::Unknown(_)) || !fits(shape, value) {
        return Err(Trouble::Type);
    }
    match (shape, value) {
        (Shape::Text { max, lines, pattern }, Value::Text(text)) => check_text(text, *max, *lines, *pattern),
        (Shape::Number { min, max }, Value::Number(n)) if n < min || n > max => {
            Err(Trouble::Range { min: min.to_string(), max: max.to_string() })
        }
        (Shape::Decimal { min, max, scale }, Value::Decimal(d)) => {
            if d.scale > *scale {
                return Err(Trouble::Scale { max: *scale });
            }
            let thousandths = d.thousandths();
            let (low, high) = (min.saturating_mul(1000), max.saturating_mul(1000));
            if thousandths < low || thousandths > high {
                return Err(Trouble::Range { min: min.to_string(), max: max.to_string() });
            }
            Ok(())
        }
        (Shape::Date, Value::Date(day)) if !(1900..=2200).contains(&day.year()) => Err(Trouble::Day),
        (Shape::Choice(choices), Value::Choice(id)) => check_choice(choices, *id),
        (Shape::Township, Value::Number(n)) => check_township(*n),
        (Shape::Blob, Value::Blob(bytes)) if bytes.len() > limits::TEXT_CHARS_MAX => {
            Err(Trouble::Many { max: limits::TEXT_CHARS_MAX })
        }
        (_, Value::List(values)) => check_list(shape, values),
        _ => Ok(()),
    }
}

fn check_list(shape: &Shape, values: &[Value]) -> Result<(), Trouble> {
    if values.len() > limits::LIST_VALUES_MAX {
        return Err(Trouble::Many { max: limits::LIST_VALUES_MAX });
    }
    if !matches!(shape, Shape::Rows(_)) {
        let distinct: std::collections::BTreeSet<_> = values.iter().collect();
        if distinct.len() < values.len() {
            return Err(Trouble::Twice);
        }
    }
    for (index, value) in values.iter().enumerate() {
        match (shape, value) {
            (Shape::Choices(choices), Value::Choice(id)) => check_choice(choices, *id)?,
            (Shape::Texts { max }, Value::Text(text)) => check_text(text, *max, false, None)?,
            (Shape::Townships, Value::Number(n)) => check_township(*n)?,
            (Shape::Rows(columns), Value::Group(row)) => {
                for (tag, value) in row {
                    let field = columns.get(tag).ok_or(Trouble::Column(*tag))?;
                    check(&field.shape, value).map_err(|trouble| inside(index, field, trouble))?;
                }
            }
            (_, Value::Unknown(_)) => return Err(Trouble::Type),
            _ => {}
        }
    }
    Ok(())
}

fn inside(index: usize, field: &Field, trouble: Trouble) -> Trouble {
    Trouble::Inside { row: index + 1, field: field.tag, trouble: Box::new(trouble) }
}

fn check_choice(choices: &[Choice], id: u32) -> Result<(), Trouble> {
    if choices.iter().any(|choice| choice.id == id) { Ok(()) } else { Err(Trouble::Choice) }
}

fn check_township(number: i64) -> Result<(), Trouble> {
    u32::try_from(number).ok().and_then(TownshipCode::from_number).map(drop).ok_or(Trouble::Township)
}

fn check_text(text: &str, max: usize, lines: bool, pattern: Option<Pattern>) -> Result<(), Trouble> {
    let max = max.min(limits::TEXT_CHARS_MAX);
    if text.chars().count() > max {
        return Err(Trouble::Long { max });
    }
    // A control character can only come from a broken file or a forged request, and breaks tables and print.
    if text.chars().any(|c| c.is_control() && !(lines && matches!(c, '\n' | '\t'))) {
        return Err(Trouble::Lines);
    }
    match pattern {
        Some(pattern) if !text.is_empty() && !matches(pattern, text) => Err(Trouble::Form(pattern)),
        _ => Ok(()),
    }
}

fn matches(pattern: Pattern, text: &str) -> bool {
    match pattern {
        Pattern::IdCard => id_card(text),
        Pattern::Phone => {
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            (5..=20).contains(&digits)
                && text.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '+' | '-'))
        }
    }
}

/// The check digit of GB 11643: weighted sum modulo 11.
fn id_card(text: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECK: &[u8; 11] = b"10X98765432";
    let bytes = text.as_bytes();
    if bytes.len() != 18 || !bytes[..17].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum: u32 = bytes.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    bytes[17].to_ascii_uppercase() == CHECK[(sum % 11) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Day, Decimal};

    #[test]
    fn an_identity_number_needs_its_check_digit() {
        assert!(id_card("11010519491231002X"));
        assert!(id_card("11010519491231002x"));
        assert!(!id_card("110105194912310021"));
        assert!(!id_card("1101051949123100"));
        assert!(!id_card("一一010519491231002X"));
    }

    #[test]
    fn a_value_outside_its_bounds_is_named() {
        let range = |min: i64, max: i64| Trouble::Range { min: min.to_string(), max: max.to_string() };
        assert_eq!(check(&Shape::Number { min: 0, max: 9 }, &Value::Number(10)), Err(range(0, 9)));
        let decimal = |units, scale| Value::Decimal(Decimal { units, scale });
        let shape = Shape::Decimal { min: 0, max: 10, scale: 1 };
        assert_eq!(check(&shape, &decimal(95, 1)), Ok(()));
        assert_eq!(check(&shape, &decimal(101, 1)), Err(range(0, 10)));
        assert_eq!(check(&shape, &decimal(950, 2)), Err(Trouble::Scale { max: 1 }));
        assert_eq!(check(&Shape::Date, &Value::Date(Day(1_000_000))), Err(Trouble::Day));
        let text = |lines| Shape::Text { max: 4, lines, pattern: None };
        assert_eq!(check(&text(false), &Value::Text("一二三四".into())), Ok(()));
        assert_eq!(check(&text(false), &Value::Text("一二三四五".into())), Err(Trouble::Long { max: 4 }));
        assert_eq!(check(&text(false), &Value::Text("一\n二".into())), Err(Trouble::Lines));
        assert_eq!(check(&text(true), &Value::Text("一\n二".into())), Ok(()));
        assert_eq!(check(&Shape::Flag, &Value::Number(1)), Err(Trouble::Type));
        let twice = Value::List(vec![Value::Text("甲".into()), Value::Text("甲".into())]);
        assert_eq!(check(&Shape::Texts { max: 9 }, &twice), Err(Trouble::Twice));
    }
}
