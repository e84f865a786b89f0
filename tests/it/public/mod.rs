//! The pages that people meet who have no log-in, through HTTP.

mod choices;
mod forms;
mod hits;
mod pages;
mod world;
