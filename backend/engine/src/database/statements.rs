//! What statements are made of.

use sea_orm::{ActiveModelTrait, IntoActiveModel};

/// A row to be inserted as it is, keys included.
pub fn all_set<A: ActiveModelTrait>(model: impl IntoActiveModel<A>) -> A {
    model.into_active_model().reset_all()
}

/// Pieces of at most `size`: a statement takes only so many parameters.
pub fn chunks<T>(items: impl IntoIterator<Item = T>, size: usize) -> Vec<Vec<T>> {
    let mut pieces: Vec<Vec<T>> = Vec::new();
    for item in items {
        match pieces.last_mut().filter(|piece| piece.len() < size) {
            Some(piece) => piece.push(item),
            None => pieces.push(vec![item]),
        }
    }
    pieces
}
