"""Will a customer leave? Load a table per month, train a model on all of them, publish it if it is good.

    axl run local -m examples/churn_workflow.py:ChurnTrain
    axl run local -m examples/churn_workflow.py:ChurnTrain --param trees=200 --param 'months=[1, 2]'

`params` is the params-as-a-step pattern: the fields of the model it returns are parameters of the run,
beside the arguments of `graph`. The customers are made up, always the same ones.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from pydantic import BaseModel, Field
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score

from axl import Retry, Workflow, step, when

FEATURES = ["tenure", "calls", "price"]


class TrainParams(BaseModel):
    """What may be set for a run."""

    seed: int = 42
    trees: int = Field(default=50, ge=1, description="how many trees the forest has")
    customers: int = Field(default=1000, ge=100, description="how many customers a month has")
    least_auc: float = Field(default=0.7, ge=0.5, le=1.0, description="the score a model needs to go live")


class Split(NamedTuple):
    """Customers to learn from, and customers to be judged by."""

    train: pd.DataFrame
    test: pd.DataFrame


class ChurnTrain(Workflow):
    """Train a churn model on several months, and publish it if it is good enough."""

    name = "churn-train"

    @step
    def params(self) -> TrainParams:
        """Give the defaults; a run may set each field."""
        return TrainParams()

    @step(
        io_handler="parquet",
        retries=Retry(attempts=3, delay="1s"),
        timeout="10m",
        resources={"cpu": "500m", "memory": "2Gi"},
    )
    def load(self, month: int, p: TrainParams) -> pd.DataFrame:
        """Load the customers of one month; a new month has other people, but the same habits."""
        rng = np.random.default_rng([p.seed, month])
        people = pd.DataFrame(
            {
                "tenure": rng.integers(1, 72, p.customers),
                "calls": rng.poisson(1.5, p.customers),
                "price": rng.normal(60.0, 20.0, p.customers).round(2),
            }
        )
        urge = 0.7 * people["calls"] + 0.03 * people["price"] - 0.06 * people["tenure"] - 1.5
        return people.assign(churned=rng.random(p.customers) < 1 / (1 + np.exp(-urge)))

    @step(io_handler="parquet")
    def split(self, months: list[pd.DataFrame]) -> Split:
        """Put the months together, and keep every fourth customer back for the exam."""
        everyone = pd.concat(months, ignore_index=True)
        held_back = everyone.index % 4 == 0
        return Split(everyone[~held_back], everyone[held_back])

    @step
    def train(self, customers: pd.DataFrame, p: TrainParams) -> RandomForestClassifier:
        """Fit a forest."""
        forest = RandomForestClassifier(n_estimators=p.trees, min_samples_leaf=5, random_state=p.seed)
        return forest.fit(customers[FEATURES], customers["churned"])

    @step
    def evaluate(self, model: RandomForestClassifier, customers: pd.DataFrame) -> float:
        """Score the model on customers it has not seen: 0.5 is a coin, 1.0 knows everything."""
        chance = np.asarray(model.predict_proba(customers[FEATURES]))[:, 1]
        return round(float(roc_auc_score(customers["churned"], chance)), 4)

    @step
    def good(self, auc: float, p: TrainParams) -> bool:
        """Decide; a comparison needs values, so it is a step."""
        return auc >= p.least_auc

    @step
    def publish(self, model: RandomForestClassifier, auc: float) -> str:
        """Put the model live; here, only say so."""
        return f"published a forest of {model.n_estimators} trees, AUC {auc}"

    @step
    def keep(self, auc: float) -> str:
        """Leave the old model in place."""
        return f"kept the old model, AUC {auc} is too low"

    def graph(self, months: list[int] = [1, 2, 3]) -> str:
        p = self.params()
        tables = self.load.partial(p=p).map(months, concurrency=8)
        customers = self.split(tables)
        model = self.train(customers.train, p)
        auc = self.evaluate(model, customers.test)
        return when(self.good(auc, p), lambda: self.publish(model, auc), lambda: self.keep(auc))
