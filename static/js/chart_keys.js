// Reading a chart by keys: the arrows go from value to value, Home and End to the ends,
// Escape leaves. The words stand in [data-said] after the chart, for screen readers too.

const number = new Intl.NumberFormat(document.documentElement.lang);
const percent = new Intl.NumberFormat(document.documentElement.lang, {
  style: "percent",
  maximumFractionDigits: 1,
});
const places = new WeakMap(); // chart → number of the value that was read last

// Kind → its values in order: `series` and `index` are where ECharts has the same one.
const VALUES = {
  steps: ({ steps }) =>
    steps.map(({ label, count, share }, index) => ({
      series: 0,
      index,
      text: `${label}: ${number.format(count)}, ${percent.format(share)}`,
    })),
  rates({ series, shown }, element) {
    const wanted = element.dataset.shown ?? shown;
    const { points } = series.find(({ name }) => name === wanted) ?? series.at(-1);
    const drawn = points.filter(({ share }) => share !== null);
    return drawn.map(({ label, share, low, high, n }, index) => ({
      series: 1,
      index,
      text: `${label}: ${percent.format(share)} (${percent.format(low)} – ${percent.format(high)}), n ${number.format(n)}`,
    }));
  },
  bars: ({ rows }) =>
    rows.map(({ label, text }, index) => ({ series: 0, index, text: `${label}: ${text}` })),
  pareto: ({ rows }) => rows.map(({ text }, index) => ({ series: 0, index, text })),
  lines: ({ labels, series }) =>
    series.flatMap(({ name, texts }, place) =>
      texts.map((text, index) => ({
        series: place,
        index,
        text: `${name}, ${labels[index]}: ${text}`,
      })),
    ),
  heat: ({ rows, columns, cells }) =>
    cells
      .filter(([, , share]) => share !== null)
      .map(([x, y, , text], index) => ({
        series: 0,
        index,
        text: `${rows[y]}, ${columns[x]}: ${text}`,
      })),
  flows({ nodes, links }) {
    const labels = Object.fromEntries(nodes.map(({ name, label }) => [name, label]));
    return links.map(({ source, target, value }) => ({
      text: `${labels[source]} → ${labels[target]}: ${number.format(value)}`,
    }));
  },
};

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

function wanted(key, last, current) {
  if (key === "Home") return 0;
  if (key === "End") return last;
  if (current === undefined) return STEPS[key] > 0 ? 0 : last;
  return Math.min(last, Math.max(0, current + STEPS[key]));
}

function say(element, text) {
  const said = element.nextElementSibling;
  if (said?.matches("[data-said]")) said.textContent = text;
}

function leave(element) {
  places.delete(element);
  say(element, "");
  echarts.getInstanceByDom(element.firstElementChild)?.dispatchAction({ type: "hideTip" });
}

document.addEventListener("keydown", (event) => {
  const element = event.target;
  if (!element.matches?.("[data-chart]") || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "Escape") leave(element);
  if (!(event.key in STEPS) && event.key !== "Home" && event.key !== "End") return;
  event.preventDefault();
  const source = JSON.parse(document.getElementById(element.dataset.source).textContent);
  const values = VALUES[element.dataset.chart](source, element);
  if (!values.length) return;
  const place = wanted(event.key, values.length - 1, places.get(element));
  places.set(element, place);
  const { series, index, text } = values[place];
  say(element, text);
  if (series === undefined) return;
  echarts
    .getInstanceByDom(element.firstElementChild)
    .dispatchAction({ type: "showTip", seriesIndex: series, dataIndex: index });
});

document.addEventListener("focusout", ({ target }) => {
  if (target.matches?.("[data-chart]")) leave(target);
});
