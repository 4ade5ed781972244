//! A document that passed the gate, and what of it a request asks for.

use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType};
use async_graphql::parser::{Error as ParseError, parse_query};
use async_graphql::{Positioned, Request, ServerError, Value, Variables};

use crate::documents::gate::{Counted, CountedOperation, Fault};
use crate::documents::variables::InputTypes;
use crate::documents::{Body, Failure, gate, limits};
use crate::wire::errors::coded;

#[derive(Debug)]
pub struct Document {
    parsed: ExecutableDocument,
    counted: Counted,
    bytes: usize,
}

/// A request that may be executed.
#[derive(Debug)]
pub struct Prepared {
    pub request: Request,
    pub operation: OperationType,
    /// Whether it may ask for the description of the schema itself.
    pub introspects: bool,
    /// What it counts for against what its token may ask for.
    pub complexity: usize,
}

impl Document {
    pub fn read(text: &str) -> Result<Self, Fault> {
        Self::parse(text, gate::count(text)?)
    }

    /// Parses what the gate has counted. Hardly anything fails here that did not fail there.
    pub fn parse(text: &str, counted: Counted) -> Result<Self, Fault> {
        let parsed = parse_query(text).map_err(|error| {
            let position = error.positions().next();
            let (code, message) = match &error {
                ParseError::Syntax { start, .. } => {
                    let at = format!("line {}, column {}", start.line, start.column);
                    ("GRAPHQL_PARSE_FAILED", format!("the document cannot be parsed ({at})"))
                }
                other => ("GRAPHQL_VALIDATION_FAILED", other.to_string()),
            };
            Fault { code, message, position }
        })?;
        Ok(Self { parsed, counted, bytes: text.len() })
    }

    /// What the memory and the time that it takes grow with.
    pub fn weight(&self) -> usize {
        self.counted.expanded_tokens + self.bytes / 200
    }

    pub fn introspects(&self) -> bool {
        self.counted.introspects
    }

    /// Checks what a request says besides the document itself.
    pub fn check(&self, types: &InputTypes, body: &Body) -> Result<OperationType, Failure> {
        let name = body.operation_name.as_deref();
        let operation = self.operation(name).map_err(|reason| {
            Failure::Request(vec![coded("BAD_USER_INPUT", format!("operationName: {reason}"), None)])
        })?;
        let problems = types.check(&operation.node.variable_definitions, &body.variables);
        if !problems.is_empty() {
            return Err(Failure::Request(problems));
        }
        self.check_copies(name, &body.variables)?;
        Ok(operation.node.ty)
    }

    pub fn request(&self, operation_name: Option<String>, variables: Variables) -> Request {
        let mut request = Request::new("").variables(variables);
        request.operation_name = operation_name;
        request.set_parsed_query(self.parsed.clone());
        request
    }

    fn operation(&self, name: Option<&str>) -> Result<&Positioned<OperationDefinition>, &'static str> {
        match (&self.parsed.operations, name) {
            (DocumentOperations::Single(operation), None) => Ok(operation),
            (DocumentOperations::Single(_), Some(_)) => Err("the operation of the document has no name"),
            (DocumentOperations::Multiple(operations), Some(name)) => {
                operations.get(name).ok_or("the document has no operation of this name")
            }
            (DocumentOperations::Multiple(operations), None) => match operations.values().next() {
                Some(operation) if operations.len() == 1 => Ok(operation),
                _ => Err("the document has several operations; say which one is meant"),
            },
        }
    }

    /// Each use of a variable copies its value, when it is validated and when it is executed.
    fn check_copies(&self, name: Option<&str>, variables: &Variables) -> Result<(), Fault> {
        let is_meant = |operation: &&CountedOperation| name.is_none() || operation.name.as_deref() == name;
        let Some(operation) = self.counted.operations.iter().find(is_meant) else { return Ok(()) };
        let copied = operation.uses.iter().fold(0_usize, |copied, (name, uses)| {
            let default = || operation.defaults.get(name).copied().unwrap_or_default();
            let bytes = variables.get(name.as_str()).map_or_else(default, size);
            copied.saturating_add(uses.saturating_mul(bytes))
        });
        if copied > limits::COPIED_BYTES.maximum { Err(Fault::limit(&limits::COPIED_BYTES)) } else { Ok(()) }
    }
}

/// About as many bytes as JSON takes for it.
fn size(value: &Value) -> usize {
    const OF_ANY: usize = 8;
    let of_content = match value {
        Value::String(text) => text.len(),
        Value::List(items) => items.iter().map(size).sum(),
        Value::Object(fields) => fields.iter().map(|(name, value)| name.len() + size(value)).sum(),
        _ => 0,
    };
    OF_ANY + of_content
}

impl From<Fault> for ServerError {
    fn from(fault: Fault) -> Self {
        coded(fault.code, fault.message, fault.position)
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Request(vec![fault.into()])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(document: &str, name: Option<&str>, variables: serde_json::Value) -> Result<OperationType, String> {
        let types = InputTypes::of_schema("type Query { x: Int }").unwrap();
        let variables = Variables::from_json(variables);
        let body = Body { query: String::new(), operation_name: name.map(str::to_owned), variables };
        Document::read(document).unwrap().check(&types, &body).map_err(|failure| match failure {
            Failure::Request(errors) => errors[0].message.clone(),
            Failure::Malformed { message, .. } => message,
            Failure::Refused(error) => error.to_string(),
        })
    }

    #[test]
    fn the_operation_is_the_only_one_or_the_one_that_is_named() {
        let two = "query A { x } mutation B { x }";
        assert_eq!(check("{ x }", None, json!({})), Ok(OperationType::Query));
        assert_eq!(check("mutation A { x }", None, json!({})), Ok(OperationType::Mutation));
        assert_eq!(check(two, Some("B"), json!({})), Ok(OperationType::Mutation));
        for (document, name) in [("{ x }", Some("A")), (two, Some("C")), (two, None), (two, Some(""))] {
            assert!(
                check(document, name, json!({})).unwrap_err().starts_with("operationName: "),
                "{document} {name:?}"
            );
        }
    }

    #[test]
    fn a_variable_counts_as_often_as_it_is_used() {
        let text = json!({ "a": "x".repeat(1024 * 1024 - 8) });
        assert!(
            check("query($a: String) { x(a: [$a, $a]) ...f } fragment f on Q { x(a: [$a, $a]) }", None, text.clone())
                .is_ok()
        );
        let refused =
            check("query($a: String) { x(a: [$a, $a, $a]) ...f } fragment f on Q { x(a: [$a, $a]) }", None, text);
        assert!(refused.unwrap_err().contains("4194304 bytes"));
        let default = "x".repeat(60_000);
        let used = |times: usize| format!(r#"query($a: [String] = "{default}") {{ x(a: [{}]) }}"#, "$a ".repeat(times));
        assert!(check(&used(69), None, json!({})).is_ok());
        assert!(check(&used(70), None, json!({})).unwrap_err().contains("4194304 bytes"));
    }
}
