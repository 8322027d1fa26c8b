//! An order that explains a legal history.
use super::Object;
use super::split::{Part, split};
use super::verify::verify;
use crate::linearizable::parallel::in_parallel;
use crate::linearizable::proof::Answer;
use crate::linearizable::search::{End, Question, search};
use crate::{Budget, Data, History, Key, Spec};

/// The order in which the operations of one object can have taken effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linearization {
    /// The object.
    pub key: Key,
    /// The part of it, if its parts are judged apart.
    pub part: Option<Data>,
    /// The operations by the positions of their invocations. Those that were answered are all in it,
    /// and of those of unknown outcome the ones that have to have happened.
    pub order: Vec<usize>,
}

impl<S: Spec> Object<S> {
    /// An order for each object of a legal history, in which every answer is what the specification
    /// says. None if there is none, or none was found within `budget`.
    pub(super) fn orders(&self, history: &History, budget: &Budget) -> Option<Vec<Linearization>> {
        let parts = split(&self.spec, history);
        let orders = in_parallel(&parts, |part| self.order(part, budget));
        let found = parts.iter().zip(orders).map(|(part, order)| {
            Some(Linearization {
                key: part.key,
                part: part.part.clone(),
                order: order?.into_iter().map(|op| part.invoked(op)).collect(),
            })
        });
        found.collect()
    }

    /// No order is handed out that was not looked at once more.
    fn order(&self, part: &Part<'_>, budget: &Budget) -> Option<Vec<u32>> {
        let apt = self.engines.iter();
        let apt = apt.filter(|engine| (engine.check)(&part.asked) == Answer::Legal);
        let orders = apt.map(|engine| (engine.order)(&part.asked));
        let mut fitting = orders
            .flatten()
            .filter(|order| verify(&self.spec, &part.asked, order).is_ok());
        if let Some(order) = fitting.next() {
            return Some(order);
        }
        let question = Question {
            is_order_wanted: true,
            ..Question::new(&self.spec, &part.asked)
        };
        match search(question, budget, u64::MAX).end {
            End::Legal { order } => {
                let is_right = verify(&self.spec, &part.asked, &order);
                is_right.is_ok().then_some(order)
            }
            End::Illegal(_) | End::GaveUp { .. } => None,
        }
    }
}
