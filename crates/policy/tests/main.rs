//! Tests of the policy room through its public face: policy files in, answers out.

mod bad_input;
mod canonical;
mod changes;
mod corners;
mod emission;
mod emit_kinds;
mod emitted;
mod fixture;
mod fold;
mod language;
mod lints;
mod matrix;
mod people;
mod permits;
mod properties;
mod replay;
mod seeds;
mod segment_deeds;
mod segment_rows;
mod segment_text;
mod segments;
mod staff;
mod tongues;
