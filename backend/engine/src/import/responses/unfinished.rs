//! Answers that nobody meant to give: previews of the survey's author, spam, and those that were not finished.

use std::fmt;

use crate::import::columns::normalised;
use crate::import::header::Survey;
use crate::import::row::parse_flag;
use crate::import::table::Table;

/// Why a row may be no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    Preview,
    Spam,
    NotFinished,
}

impl Reason {
    /// A preview is an answer of nobody, and so is spam.
    pub fn is_always_left_out(self) -> bool {
        self != Self::NotFinished
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Preview => "it is a preview or a test of the survey",
            Self::Spam => "the survey tool took it for spam",
            Self::NotFinished => "the answer was not finished",
        })
    }
}

/// What the columns of the survey tool say of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Counts,
    Out(Reason),
    /// A state that is not known here, as `Status: Gold`. It says nothing.
    UnknownState(String),
    /// Whether it was finished cannot be read.
    Unreadable(String),
}

/// The columns that tell, as the tools name them. Qualtrics names them by ids, and by their texts in the language of the
/// survey.
#[derive(Debug)]
pub struct Unfinished {
    is_qualtrics: bool,
    /// Each by its index and name. How an answer came in, or how far it got: `Survey Preview`, `completed`, `partial`.
    states: Vec<(usize, String)>,
    finished: Option<(usize, String)>,
    progress: Option<(usize, String)>,
    /// How many parts of the progress are the whole: 1 where a spreadsheet shows it as percentages.
    whole: f64,
    /// When it was sent, which is empty before.
    sent: Option<usize>,
    says_what_is_finished: bool,
}

const STATES: [&str; 12] = [
    "status",
    "responsetype",
    "responsestatus",
    "completionstatus",
    "distributionchannel",
    "antworttyp",
    "typeder\u{e9}ponse",
    "tipoderespuesta",
    "\u{56de}\u{7b54}\u{30bf}\u{30a4}\u{30d7}",
    "verteilungskanal",
    "canaldedistribution",
    "canaldedistribuci\u{f3}n",
];

const FINISHED: [&str; 13] = [
    "finished",
    "completed",
    "iscompleted",
    "iscomplete",
    "abgeschlossen",
    "fertig",
    "beendet",
    "termin\u{e9}",
    "finalizado",
    "terminado",
    "\u{5b8c}\u{4e86}",
    "\u{7d42}\u{4e86}",
    "\u{7d42}\u{4e86}\u{6e08}\u{307f}",
];

const PROGRESS: [&str; 6] =
    ["progress", "fortschritt", "progression", "avancement", "progreso", "\u{9032}\u{884c}\u{72b6}\u{6cc1}"];

/// The beginnings of how LimeSurvey and others name when an answer was sent.
const SENT: [&str; 6] =
    ["submitdate", "datesubmitted", "datumabgeschickt", "datedesoumission", "fechadeenv\u{ed}o", "fechaenv\u{ed}o"];

impl Unfinished {
    /// `asked` are columns that hold answers: they say nothing of their rows.
    pub fn of(table: &Table, asked: &[usize]) -> Self {
        let is_qualtrics = table.survey == Some(Survey::Qualtrics);
        let names = |index: usize| {
            let column = &table.columns[index];
            std::iter::once(&column.name).chain(&column.label).map(|name| normalised(name)).collect::<Vec<_>>()
        };
        let find = |id: &str, is_it: &dyn Fn(&str) -> bool| -> Vec<(usize, String)> {
            let is_column = |index: &usize| {
                let is_noted = table.import_ids.get(*index).is_some_and(|other| other == id);
                !asked.contains(index) && (is_noted || names(*index).iter().any(|name| is_it(name)))
            };
            (0..table.columns.len()).filter(is_column).map(|index| (index, table.columns[index].name.clone())).collect()
        };
        let cells = |index: usize| table.rows.iter().map(move |(_, cells)| cells[index].as_str());
        let mut states = find("status", &|name| STATES.contains(&name));
        states.extend(find("distributionChannel", &|_| false));
        // Others may call anything a status; where nothing in it is known, it is none of an answer.
        states.retain(|(index, _)| is_qualtrics || cells(*index).any(|cell| state_of(cell, is_qualtrics).is_some()));
        let is_flag = |(index, _): &(usize, String)| {
            is_qualtrics || cells(*index).all(|cell| cell.is_empty() || parse_flag(cell).is_ok())
        };
        let is_percentage = |(index, _): &(usize, String)| {
            is_qualtrics || cells(*index).all(|cell| cell.is_empty() || percentage(cell).is_some())
        };
        let finished = find("finished", &|name| FINISHED.contains(&name)).into_iter().find(is_flag);
        let progress = find("progress", &|name| PROGRESS.contains(&name)).into_iter().find(is_percentage);
        let sent = find("", &|name| SENT.iter().any(|start| name.starts_with(start)));
        let sent = sent.into_iter().next().map(|(index, _)| index);
        let highest = progress.as_ref().map(|(index, _)| cells(*index).filter_map(percentage).fold(0.0, f64::max));
        let is_of_finish =
            |state: Option<State>| matches!(state, Some(State::Finished | State::Out(Reason::NotFinished)));
        let is_state =
            states.iter().any(|(index, _)| cells(*index).any(|cell| is_of_finish(state_of(cell, is_qualtrics))));
        Self {
            is_qualtrics,
            says_what_is_finished: finished.is_some() || progress.is_some() || sent.is_some() || is_state,
            whole: if highest.is_some_and(|highest| highest > 0.0 && highest <= 1.0) { 1.0 } else { 100.0 },
            states,
            finished,
            progress,
            sent,
        }
    }

    /// Whether any column says which answers were finished.
    pub fn says_what_is_finished(&self) -> bool {
        self.says_what_is_finished
    }

    pub fn of_row(&self, cells: &[String]) -> Verdict {
        let mut unknown = None;
        let mut is_open = false;
        for (index, name) in &self.states {
            match state_of(&cells[*index], self.is_qualtrics) {
                Some(State::Out(Reason::NotFinished)) => is_open = true,
                Some(State::Out(reason)) => return Verdict::Out(reason),
                Some(State::Fine | State::Finished) => {}
                None if cells[*index].is_empty() => {}
                None => unknown = Some(format!("{name}: {}", cells[*index].chars().take(60).collect::<String>())),
            }
        }
        if let Some((index, name)) = &self.finished {
            match parse_flag(&cells[*index]) {
                Ok(is_finished) => is_open |= !is_finished,
                Err(reason) => return Verdict::Unreadable(format!("{name}: {reason}")),
            }
        }
        if let Some((index, name)) = &self.progress {
            match percentage(&cells[*index]) {
                Some(progress) => is_open |= progress < self.whole,
                None => return Verdict::Unreadable(format!("{name}: `{}` is not a percentage", cells[*index])),
            }
        }
        is_open |= self.sent.is_some_and(|index| cells[index].is_empty());
        match (is_open, unknown) {
            (true, _) => Verdict::Out(Reason::NotFinished),
            (false, Some(state)) => Verdict::UnknownState(state),
            (false, None) => Verdict::Counts,
        }
    }
}

/// What a state says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// An answer, and not whether it was finished.
    Fine,
    Finished,
    Out(Reason),
}

fn state_of(cell: &str, is_qualtrics: bool) -> Option<State> {
    let state = normalised(cell);
    let contains = |words: &[&str]| words.iter().any(|word| state.contains(word));
    let is = |words: &[&str]| words.contains(&state.as_str());
    // As Qualtrics numbers them where it exports numbers.
    let code = state.parse::<u16>().ok().filter(|_| is_qualtrics);
    match code {
        Some(1 | 2 | 9 | 17 | 32 | 40) => return Some(State::Out(Reason::Preview)),
        Some(8 | 12 | 24) => return Some(State::Out(Reason::Spam)),
        Some(0 | 4 | 16) => return Some(State::Fine),
        _ => {}
    }
    if contains(&PREVIEWS) || is(&["test", "testdata", "testresponse", "surveytest", "umfragetest"]) {
        Some(State::Out(Reason::Preview))
    } else if contains(&["spam"]) {
        Some(State::Out(Reason::Spam))
    } else if is(&UNFINISHED) {
        Some(State::Out(Reason::NotFinished))
    } else if is(&[
        "completed",
        "complete",
        "finished",
        "submitted",
        "vollst\u{e4}ndig",
        "abgeschlossen",
        "complet",
        "completado",
    ]) {
        Some(State::Finished)
    } else {
        is(&FINE).then_some(State::Fine)
    }
}

const PREVIEWS: [&str; 8] = [
    "preview",
    "vorschau",
    "aper\u{e7}u",
    "vistaprevia",
    "anteprima",
    "pr\u{e9}visualisation",
    "synthetic",
    "\u{30d7}\u{30ec}\u{30d3}\u{30e5}\u{30fc}",
];

const UNFINISHED: [&str; 14] = [
    "partial",
    "incomplete",
    "started",
    "inprogress",
    "unfinished",
    "notcompleted",
    "teilweise",
    "unvollst\u{e4}ndig",
    "nichtabgeschlossen",
    "partiel",
    "incomplet",
    "parcial",
    "incompleto",
    "incompleta",
];

/// How answers come in, as Qualtrics says it: their status and their channel.
const FINE: [&str; 19] = [
    "ipaddress",
    "ipadresse",
    "adresseip",
    "direcci\u{f3}nip",
    "ip\u{30a2}\u{30c9}\u{30ec}\u{30b9}",
    "imported",
    "importiert",
    "import\u{e9}",
    "importado",
    "offline",
    "anonymous",
    "email",
    "gl",
    "social",
    "qr",
    "sms",
    "web",
    "app",
    "panel",
];

/// `40`, `40%`, `0.4`
fn percentage(cell: &str) -> Option<f64> {
    let number = cell.trim_end_matches('%').trim().replace(',', ".");
    number.parse().ok().filter(|number| (0.0..=100.0).contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::header::TableColumn;

    const PREVIEW: Verdict = Verdict::Out(Reason::Preview);
    const SPAM: Verdict = Verdict::Out(Reason::Spam);
    const OPEN: Verdict = Verdict::Out(Reason::NotFinished);

    /// Whether anything says what is finished, and what is said of the first row.
    fn check_rows(survey: Option<Survey>, columns: &[&str], rows: &[&[&str]], says: bool, expected: Verdict) {
        let column = |name: &&str| TableColumn { name: (*name).to_owned(), label: None };
        let cells = |row: &&[&str]| row.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let rows: Vec<(u64, Vec<String>)> = (2..).zip(rows.iter().map(cells)).collect();
        let table = Table { columns: columns.iter().map(column).collect(), survey, rows, ..Table::default() };
        let unfinished = Unfinished::of(&table, &[]);
        let found = (unfinished.says_what_is_finished(), unfinished.of_row(&table.rows[0].1));
        assert_eq!(found, (says, expected), "{columns:?} {:?}", table.rows);
    }

    #[test]
    fn qualtrics_columns_are_known_by_their_ids_in_every_language() {
        let column = |name: &str| TableColumn { name: name.to_owned(), label: None };
        let table = Table {
            columns: vec![column("Typ"), column("Zu Ende")],
            import_ids: vec!["status".to_owned(), "finished".to_owned()],
            survey: Some(Survey::Qualtrics),
            ..Table::default()
        };
        let of_row = |cells: [&str; 2]| Unfinished::of(&table, &[]).of_row(&cells.map(str::to_owned));
        assert_eq!(of_row(["1", "1"]), PREVIEW);
        assert_eq!(of_row(["0", "0"]), OPEN);
        assert_eq!(of_row(["0", "1"]), Verdict::Counts);
    }

    #[test]
    fn previews_spam_and_what_is_not_finished_are_told_in_files_of_qualtrics() {
        let check = |columns: &[&str], cells: &[&str], says: bool, expected: Verdict| {
            check_rows(Some(Survey::Qualtrics), columns, &[cells], says, expected);
        };
        let (status, both) = (&["Status"][..], &["Status", "Finished"][..]);
        for (cell, expected) in [("1", PREVIEW), ("9", PREVIEW), ("8", SPAM), ("12", SPAM), ("0", Verdict::Counts)] {
            check(status, &[cell], false, expected);
        }
        check(&["Response Type", "Finished"], &["Survey Preview", "True"], true, PREVIEW);
        check(&["Antworttyp"], &["Umfragevorschau"], false, PREVIEW);
        check(&["DistributionChannel"], &["preview"], false, PREVIEW);
        check(both, &["Survey Preview Spam", "True"], true, PREVIEW);
        check(both, &["Imported Spam", "True"], true, SPAM);
        check(both, &["Podgl\u{105}d", "True"], true, Verdict::UnknownState("Status: Podgl\u{105}d".into()));
        for (cell, expected) in
            [("False", OPEN), ("0", OPEN), ("Falsch", OPEN), ("FALSO", OPEN), ("WAHR", Verdict::Counts)]
        {
            check(both, &["IP Address", cell], true, expected);
        }
        let unreadable = Verdict::Unreadable("Finished: `maybe` is neither true nor false".into());
        check(both, &["IP Address", "maybe"], true, unreadable);
        for (cell, expected) in [("40", OPEN), ("99%", OPEN), ("100", Verdict::Counts), ("100.0", Verdict::Counts)] {
            check(&["Progress"], &[cell], true, expected);
        }
    }

    #[test]
    fn other_tools_say_it_in_words_and_a_status_of_members_says_nothing() {
        let check = |columns: &[&str], rows: &[&[&str]], says: bool, expected: Verdict| {
            check_rows(None, columns, rows, says, expected);
        };
        check(&["Response Type"], &[&["partial"], &["completed"]], true, OPEN);
        check(&["Response Type"], &[&["completed"]], true, Verdict::Counts);
        check(&["submitdate"], &[&[""]], true, OPEN);
        check(&["Submit Date (UTC)"], &[&["2026-03-05 10:00"]], true, Verdict::Counts);
        check(&["Datum Abgeschickt"], &[&[""]], true, OPEN);
        check(&["Finished"], &[&["No"]], true, OPEN);
        check(&["Finished"], &[&["No"], &["in May"]], false, Verdict::Counts);
        check(&["Progress"], &[&["0.4"], &["1"]], true, OPEN);
        check(&["Status"], &[&["Survey Preview"]], false, PREVIEW);
        check(&["Status"], &[&["Gold"], &["1"]], false, Verdict::Counts);
    }
}
