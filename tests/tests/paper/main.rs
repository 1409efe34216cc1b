//! The township office's work on paper, from the first entry to the figure: what domain study and essays ask of it, told
//! by records that are acted on in the words of the catalogue, with figures that were worked out by hand.

mod appraisals;
mod archives;
mod assignments;
mod bed;
mod both;
mod campaigns;
mod county;
mod documents;
mod downward;
mod guidance;
mod handoff;
mod means;
mod motions;
mod oracles;
mod petition_figures;
mod petitions;
mod publicity;
mod returns;
mod suggestion_figures;
mod suggestions;
