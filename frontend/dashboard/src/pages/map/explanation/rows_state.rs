use std::rc::Rc;

use yew::Reducible;

use super::query::{NotListed, Page, Row};
use crate::server::Failure;

/// The rows behind a figure, page after page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExplainedRows {
    pub rows: Vec<Row>,
    /// `None` before the first answer.
    pub total: Option<u64>,
    pub next: Option<String>,
    pub not_listed: Option<NotListed>,
    pub waiting: bool,
    pub failure: Option<Failure>,
}

pub enum RowsAction {
    Asked,
    Answered(Result<Page, Failure>),
}

impl Reducible for ExplainedRows {
    type Action = RowsAction;

    fn reduce(self: Rc<Self>, action: RowsAction) -> Rc<Self> {
        let mut state = (*self).clone();
        match action {
            RowsAction::Asked => state.waiting = true,
            RowsAction::Answered(Ok(page)) => {
                state.rows.extend(page.rows);
                (state.total, state.next) = (Some(page.total), page.next);
                state.not_listed = page.not_listed;
                (state.waiting, state.failure) = (false, None);
            }
            RowsAction::Answered(Err(failure)) => (state.waiting, state.failure) = (false, Some(failure)),
        }
        Rc::new(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(ids: &[&str], next: Option<&str>) -> RowsAction {
        let row = |id: &&str| Row {
            kind: "outcome".into(),
            id: (*id).to_owned(),
            day: None,
            text: String::new(),
            value: None,
            amount: None,
        };
        let rows = ids.iter().map(row).collect();
        let page = Page { rows, total: 3, next: next.map(str::to_owned), not_listed: None };
        RowsAction::Answered(Ok(page))
    }

    fn after(actions: impl IntoIterator<Item = RowsAction>) -> Rc<ExplainedRows> {
        actions.into_iter().fold(Rc::new(ExplainedRows::default()), |rows, action| rows.reduce(action))
    }

    #[test]
    fn pages_follow_each_other() {
        let rows = after([RowsAction::Asked, page(&["a", "b"], Some("b")), RowsAction::Asked, page(&["c"], None)]);
        assert_eq!(rows.rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!((rows.total, rows.next.clone(), rows.waiting), (Some(3), None, false));
    }

    #[test]
    fn a_failure_keeps_what_has_come() {
        let failed = || RowsAction::Answered(Err(Failure::NotFound));
        let rows = after([page(&["a"], Some("a")), RowsAction::Asked, failed()]);
        assert_eq!((rows.rows.len(), rows.next.as_deref(), rows.waiting), (1, Some("a"), false));
        assert_eq!(rows.failure, Some(Failure::NotFound));
        assert_eq!(after([failed(), page(&["a"], None)]).failure, None);
    }
}
