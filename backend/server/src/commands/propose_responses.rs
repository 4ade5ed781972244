//! Shows what the columns of a file of answers seem to be, and the command that loads them.

use valuemap_engine::import::responses::{Proposal, ProposedColumn};

use crate::commands::reading::format_name;

/// `arguments` are what the command says already, each with its name.
pub fn show(proposal: &Proposal, arguments: &[(&'static str, String)]) {
    println!("What its columns seem to be. This is a proposal, and nothing is loaded:");
    for ProposedColumn { called, name, text, target, why } in &proposal.columns {
        let name = if called == name || name.is_empty() { String::new() } else { format!(" `{}`", shortened(name)) };
        let text = text.as_ref().map(|text| format!(" ({})", shortened(text))).unwrap_or_default();
        let target = target.as_ref().map_or("left out".to_owned(), ToString::to_string);
        println!("  `{}`{name}{text} -> {target}: {why}", shortened(called));
    }
    for remark in &proposal.remarks {
        println!("{remark}");
    }
    if !proposal.has_questions() {
        println!(
            "No column is surely a question. Say which are, such as --map \"COLUMN=agreement:5:product_knowledge\", \
             --map COLUMN=recommendation or --map COLUMN=text."
        );
        return;
    }
    println!("\nLook it over, and run this to see what it would load; with --load it loads it:\n");
    println!("{}", command(proposal, arguments));
}

/// The whole command, ready for a shell.
fn command(proposal: &Proposal, arguments: &[(&'static str, String)]) -> String {
    let is_said = |name: &str| arguments.iter().any(|(other, _)| *other == name);
    let mut lines: Vec<String> = Vec::new();
    let mut first = "valuemap".to_owned();
    for (name, value) in arguments {
        first.push_str(&format!(" {name} {}", quoted(value)));
    }
    if !proposal.has_date() && !is_said("--date") {
        first.push_str(" --date DAY");
    }
    if let Some(order) = proposal.date_format.filter(|_| !is_said("--date-format")) {
        first.push_str(&format!(" --date-format {}", format_name(order)));
    }
    if proposal.finished_only {
        first.push_str(" --finished-only");
    }
    lines.push(first);
    for column in &proposal.columns {
        lines.extend(
            column.target.iter().map(|target| format!("--map {}", quoted(&format!("{}={target}", column.called)))),
        );
    }
    let labels =
        proposal.labels.iter().map(|(label, meaning)| format!("--value {}", quoted(&format!("{label}={meaning}"))));
    lines.extend(labels);
    lines.join(" \\\n    ")
}

/// An argument as a shell takes it.
fn quoted(argument: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:".contains(c);
    match !argument.is_empty() && argument.chars().all(is_plain) {
        true => argument.to_owned(),
        false => format!("'{}'", argument.replace('\'', "'\\''")),
    }
}

fn shortened(text: &str) -> String {
    let shown: String = text.chars().take(80).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().count() > 80 { shown + "..." } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_quoted_for_a_shell() {
        let check = |argument: &str, expected: &str| assert_eq!(quoted(argument), expected);
        check("answers.csv", "answers.csv");
        check("Q1=agreement:5", "'Q1=agreement:5'");
        check("What's next? $(reboot)", "'What'\\''s next? $(reboot)'");
        check("", "''");
    }
}
