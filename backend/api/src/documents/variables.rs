//! Whether variables are of the types that an operation declares for them. The library looks at a value only where an
//! argument uses it, and says neither which variable it was nor what was expected.

use std::collections::{HashMap, HashSet};

use anyhow::Context;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, Type, TypeKind, TypeSystemDefinition, VariableDefinition};
use async_graphql::{InputType, Pos, Positioned, ServerError, Value, Variables};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::wire::errors::coded;
use crate::wire::node_id::NodeId;
use crate::wire::scalars::{Count, Currency, Decimal, Quarter};

/// The types of a schema that values can have.
#[derive(Debug)]
pub struct InputTypes(HashMap<String, Definition>);

#[derive(Debug)]
enum Definition {
    Scalar(Option<Parse>),
    Enum(HashSet<String>),
    Object { fields: Vec<Field>, is_one_of: bool },
}

/// What a scalar makes of a value, as the library does when it executes.
type Parse = fn(Value) -> Result<(), ServerError>;

#[derive(Debug)]
struct Field {
    name: String,
    type_: Type,
    has_default: bool,
}

impl InputTypes {
    /// Reads the types of a schema in the schema language.
    pub fn of_schema(sdl: &str) -> anyhow::Result<Self> {
        let document = parse_schema(sdl).context("the schema of this server cannot be read")?;
        let built_in = ["Int", "Float", "String", "Boolean", "ID"];
        let mut types: HashMap<_, _> = built_in.map(|name| (name.to_owned(), scalar(name))).into();
        for definition in document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let (name, directives) = (definition.node.name.node.to_string(), definition.node.directives);
            let definition = match definition.node.kind {
                TypeKind::Scalar => scalar(&name),
                TypeKind::Enum(values) => {
                    Definition::Enum(values.values.iter().map(|value| value.node.value.node.to_string()).collect())
                }
                TypeKind::InputObject(object) => {
                    let fields = object.fields.into_iter().map(|field| Field {
                        name: field.node.name.node.to_string(),
                        type_: field.node.ty.node,
                        has_default: field.node.default_value.is_some(),
                    });
                    let is_one_of = directives.iter().any(|directive| directive.node.name.node == "oneOf");
                    Definition::Object { fields: fields.collect(), is_one_of }
                }
                TypeKind::Object(_) | TypeKind::Interface(_) | TypeKind::Union(_) => continue,
            };
            types.insert(name, definition);
        }
        Ok(Self(types))
    }

    /// What is wrong with each variable of an operation, if anything.
    pub fn check(&self, declared: &[Positioned<VariableDefinition>], variables: &Variables) -> Vec<ServerError> {
        let problem = |variable: &Positioned<VariableDefinition>| {
            let definition = &variable.node;
            let name = &definition.name.node;
            let type_ = &definition.var_type.node;
            let reason = match variables.get(name) {
                Some(value) => self.check_value(type_, value, &mut format!("${name}")).err()?,
                None if type_.nullable || definition.default_value.is_some() => return None,
                None => format!("the variable `${name}` of type `{type_}` is required"),
            };
            Some(coded("BAD_USER_INPUT", reason, Some(variable.pos)))
        };
        declared.iter().filter_map(problem).collect()
    }

    fn check_value(&self, type_: &Type, value: &Value, path: &mut String) -> Result<(), String> {
        if *value == Value::Null {
            return if type_.nullable { Ok(()) } else { Err(unexpected(path, type_, value)) };
        }
        let name = match (&type_.base, value) {
            (BaseType::List(inner), Value::List(items)) => {
                let mut items = items.iter().enumerate();
                return items.try_for_each(|(index, item)| self.check_part(inner, item, path, &index.to_string()));
            }
            // A value by itself is a list of one.
            (BaseType::List(inner), single) => return self.check_value(inner, single, path),
            (BaseType::Named(name), _) => name,
        };
        match self.0.get(name.as_str()) {
            Some(Definition::Scalar(Some(parse))) => parse(value.clone()).map_err(|error| match value {
                Value::List(_) | Value::Object(_) | Value::Boolean(_) => unexpected(path, type_, value),
                _ => format!("`{path}`: {}", error.message),
            }),
            Some(Definition::Enum(values)) => match value {
                Value::String(text) if values.contains(text.as_str()) => Ok(()),
                _ => Err(unexpected(path, type_, value)),
            },
            Some(Definition::Object { fields, is_one_of }) => {
                let Value::Object(values) = value else { return Err(unexpected(path, type_, value)) };
                if *is_one_of && (values.len() != 1 || values.values().any(|value| *value == Value::Null)) {
                    return Err(format!("`{path}`: exactly one field of `{name}` has to be given, and not null"));
                }
                for field in fields {
                    match values.get(field.name.as_str()) {
                        Some(value) => self.check_part(&field.type_, value, path, &field.name)?,
                        None if field.type_.nullable || field.has_default => {}
                        None => return Err(format!("`{path}.{}` of type `{}` is required", field.name, field.type_)),
                    }
                }
                let is_known = |given: &str| fields.iter().any(|field| field.name == given);
                match values.keys().find(|given| !is_known(given)) {
                    Some(unknown) => {
                        let unknown: String = unknown.chars().take(40).collect();
                        Err(format!("`{path}`: `{name}` has no field `{unknown}`"))
                    }
                    None => Ok(()),
                }
            }
            // What the schema does not have is found by the validation.
            Some(Definition::Scalar(None)) | None => Ok(()),
        }
    }

    fn check_part(&self, type_: &Type, value: &Value, path: &mut String, part: &str) -> Result<(), String> {
        let length = path.len();
        path.push('.');
        path.push_str(part);
        self.check_value(type_, value, path)?;
        path.truncate(length);
        Ok(())
    }
}

fn unexpected(path: &str, type_: &Type, found: &Value) -> String {
    let found = match found {
        Value::Null => "null",
        Value::Number(_) => "a number",
        Value::String(_) | Value::Enum(_) => "another string",
        Value::Boolean(_) => "a boolean",
        Value::Binary(_) => "bytes",
        Value::List(_) => "a list",
        Value::Object(_) => "an object",
    };
    format!("`{path}`: expected `{type_}`, found {found}")
}

fn scalar(name: &str) -> Definition {
    fn parse<T: InputType>(value: Value) -> Result<(), ServerError> {
        T::parse(Some(value)).map(drop).map_err(|error| error.into_server_error(Pos::default()))
    }
    Definition::Scalar(match name {
        // Some fields take more than 32 bits, and say so themselves where they do not.
        "Int" => Some(parse::<i64>),
        "Float" => Some(parse::<f64>),
        "String" => Some(parse::<String>),
        "Boolean" => Some(parse::<bool>),
        "ID" => Some(parse::<NodeId>),
        "Count" => Some(parse::<Count>),
        "Currency" => Some(parse::<Currency>),
        "DateTime" => Some(parse::<DateTime<Utc>>),
        "Decimal" => Some(parse::<Decimal>),
        "NaiveDate" => Some(parse::<NaiveDate>),
        "Quarter" => Some(parse::<Quarter>),
        "UUID" => Some(parse::<Uuid>),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    const SCHEMA: &str = "enum Colour { RED GREEN } scalar Quarter scalar Unknown
        input Inner { number: Int, text: String! = \"x\" }
        input Outer { colours: [Colour!]!, inner: [Inner!], quarter: Quarter }
        input Either @oneOf { one: Int, other: String }
        type Query { x: Int }";

    /// What is wrong with the variable `$v` of this type.
    fn problem(type_: &str, value: Option<serde_json::Value>) -> Option<String> {
        let types = InputTypes::of_schema(SCHEMA).unwrap();
        let document = parse_query(format!("query($v: {type_}) {{ x }}")).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let variables = Variables::from_json(value.map_or_else(|| json!({}), |value| json!({ "v": value })));
        let errors = types.check(&operation.node.variable_definitions, &variables);
        errors.into_iter().next().map(|error| error.message)
    }

    #[track_caller]
    fn check(type_: &str, value: serde_json::Value, expected: Option<&str>) {
        assert_eq!(problem(type_, Some(value.clone())).as_deref(), expected, "{type_} {value}");
    }

    #[test]
    fn what_fits_passes() {
        check("ID!", json!("com_00000000000000000000000000000001"), None);
        check("Int", json!(null), None);
        check("[Int]", json!(1), None);
        check("[[Int!]]", json!([[1], null]), None);
        check("Outer!", json!({ "colours": ["RED"], "inner": { "number": 1 }, "quarter": "2026-Q4" }), None);
        check("Either", json!({ "one": 1 }), None);
        check("Unknown", json!({ "any": ["thing"] }), None);
        check("NotThere", json!(1), None);
        assert_eq!(problem("Int", None), None);
        assert_eq!(problem("Int! = 1", None), None);
    }

    #[test]
    fn what_does_not_fit_is_named_with_what_was_expected() {
        assert_eq!(problem("ID!", None).unwrap(), "the variable `$v` of type `ID!` is required");
        check("ID!", json!(null), Some("`$v`: expected `ID!`, found null"));
        check("ID!", json!(5), Some("`$v`: Expected input type \"ID\", found 5."));
        check("ID!", json!(["a"]), Some("`$v`: expected `ID!`, found a list"));
        check("Boolean", json!("true"), Some("`$v`: Expected input type \"Boolean\", found \"true\"."));
        check("[Int!]!", json!([1, null]), Some("`$v.1`: expected `Int!`, found null"));
        check("Outer", json!([1]), Some("`$v`: expected `Outer`, found a list"));
        check("Outer", json!({ "inner": [] }), Some("`$v.colours` of type `[Colour!]!` is required"));
        let colours = json!({ "colours": ["RED", "BLUE"] });
        check("Outer", colours, Some("`$v.colours.1`: expected `Colour!`, found another string"));
        let inner = json!({ "colours": [], "inner": [{ "number": true }] });
        check("Outer", inner, Some("`$v.inner.0.number`: expected `Int`, found a boolean"));
        let unknown = json!({ "colours": [], "size": 1 });
        check("Outer", unknown, Some("`$v`: `Outer` has no field `size`"));
        check(
            "Either",
            json!({ "one": 1, "other": "x" }),
            Some("`$v`: exactly one field of `Either` has to be given, and not null"),
        );
        check(
            "Either",
            json!({ "one": null }),
            Some("`$v`: exactly one field of `Either` has to be given, and not null"),
        );
        let quarter = problem("Quarter", Some(json!("2026-Q5"))).unwrap();
        assert!(quarter.starts_with("`$v`: Failed to parse \"Quarter\":"), "{quarter}");
    }
}
