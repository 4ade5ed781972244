/// Whether an answer is counted, or stored and held until somebody has looked at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    Counted,
    Held,
}
