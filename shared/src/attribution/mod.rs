//! Crediting outcomes to the activities that members met before them.
