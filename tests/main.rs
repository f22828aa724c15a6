//! The one integration binary: a file of this folder that is not listed here is not run.

mod demo;
