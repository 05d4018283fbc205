// The charts of the reports. <div data-chart="KIND" data-source="ID"> draws what <script
// type="application/json" id="ID"> holds; the table below says the same. Some kinds are in
// chart_maps.js, and chart_keys.js reads the values by the arrow keys.

const charts = new Map(); // element → its ECharts instance
const number = new Intl.NumberFormat(document.documentElement.lang);
const percent = new Intl.NumberFormat(document.documentElement.lang, {
  style: "percent",
  maximumFractionDigits: 1,
});
const isNarrow = matchMedia("(max-width: 820px)");
const isCalm = matchMedia("(prefers-reduced-motion: reduce)");

// Outcomes of hand-offs, and stages by their own names.
const STEP_TOKENS = {
  rejected: "bad",
  misrouted: "stage-recycled",
  duplicate: "stage-disqualified",
  expired: "warn",
  withdrawn: "stage-lost",
  waiting: "line-control",
};

// --- Colours: the tokens as the theme of this moment resolves them ------------------

const probe = document.createElement("span");
probe.hidden = true;

function token(name) {
  // Going back swaps the whole page, and what is in none has no colour.
  if (!probe.isConnected) document.body.append(probe);
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}

// The library leaves room for the names of an axis as in the font that the axis itself
// names, not in that of the whole drawing.
function axisText(colour, more = {}) {
  const { fontFamily } = getComputedStyle(document.body);
  return { color: token(colour), fontSize: 12, fontFamily, ...more };
}

function frame(description) {
  return {
    animation: !isCalm.matches,
    animationDuration: 250,
    aria: { enabled: true, label: { description } },
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    tooltip: {
      renderMode: "richText",
      backgroundColor: token("raised"),
      borderColor: token("line-2"),
      textStyle: { color: token("text"), fontSize: 12 },
    },
    grid: { left: 8, right: 56, top: 12, bottom: 8, containLabel: true },
  };
}

function names(labels) {
  return {
    type: "category",
    inverse: true,
    data: labels,
    axisLine: { lineStyle: { color: token("line-2") } },
    axisTick: { show: false },
    axisLabel: axisText("text", { width: isNarrow.matches ? 110 : 170, overflow: "truncate" }),
  };
}

// --- Steps: a bar a stage, with its count and its share ----------------------------

function steps({ description, steps }) {
  return {
    ...frame(description),
    xAxis: { type: "value", show: false, max: Math.max(...steps.map((s) => s.count)) },
    yAxis: names(steps.map((step) => step.label)),
    series: [
      {
        type: "bar",
        barMaxWidth: 26,
        showBackground: true,
        backgroundStyle: { color: token("surface-2"), borderRadius: 4 },
        data: steps.map((step) => ({
          value: step.count,
          itemStyle: {
            color: token(STEP_TOKENS[step.stage] ?? `stage-${step.stage}`),
            borderRadius: 4,
          },
        })),
        label: {
          show: true,
          position: "right",
          distance: 8,
          color: token("text"),
          fontSize: 12,
          formatter: ({ dataIndex }) => number.format(steps[dataIndex].count),
        },
        tooltip: {
          formatter: ({ dataIndex }) => {
            const { label, count, share } = steps[dataIndex];
            return `${label}\n${number.format(count)} · ${percent.format(share)}`;
          },
        },
      },
    ],
  };
}

// --- Rates: a dot a row, its interval as a line ------------------------------------

function whisker(api, colour) {
  const [low, y] = api.coord([api.value(1), api.value(0)]);
  const [high] = api.coord([api.value(2), api.value(0)]);
  const style = { stroke: colour, lineWidth: 2, lineCap: "round" };
  const line = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style });
  return {
    type: "group",
    children: [
      line(low, y, high, y),
      line(low, y - 4, low, y + 4),
      line(high, y - 4, high, y + 4),
    ],
  };
}

// Other people's figures: a strip behind the dots, with its words.
function strip({ low, high, label }) {
  return {
    silent: true,
    itemStyle: { color: token("brand"), opacity: 0.12 },
    label: { color: token("muted"), fontSize: 11, position: "insideTop" },
    data: [[{ name: label, xAxis: low }, { xAxis: high }]],
  };
}

function rates({ description, series, shown, band }, element) {
  const wanted = element.dataset.shown ?? shown;
  const { name, points } = series.find((each) => each.name === wanted) ?? series.at(-1);
  const isBanded = band?.series === name;
  const drawn = points.flatMap((point, row) => (point.share === null ? [] : [{ row, ...point }]));
  const colour = token(`stage-${name}`);
  const ends = [0.1, isBanded ? band.high : 0, ...drawn.map(({ high }) => high)];
  const highest = Math.min(1, Math.ceil(Math.max(...ends) * 10) / 10);
  const interval = ({ low, high }) => `${percent.format(low)} – ${percent.format(high)}`;
  return {
    ...frame(description),
    xAxis: {
      type: "value",
      min: 0,
      max: highest,
      axisLabel: axisText("muted", { formatter: (share) => percent.format(share), hideOverlap: true }),
      splitLine: { lineStyle: { color: token("line") } },
    },
    yAxis: names(points.map((point) => point.label)),
    series: [
      {
        type: "custom",
        silent: true,
        encode: { x: [1, 2], y: 0 },
        data: drawn.map(({ row, low, high }) => [row, low, high]),
        renderItem: (_, api) => whisker(api, token("line-control")),
      },
      {
        type: "scatter",
        symbolSize: 11,
        markArea: isBanded ? strip(band) : undefined,
        data: drawn.map(({ row, share, isProvisional }) => ({
          value: [share, row],
          itemStyle: isProvisional
            ? { color: token("surface"), borderColor: colour, borderWidth: 2.5 }
            : { color: colour },
        })),
        tooltip: {
          formatter: ({ dataIndex }) => {
            const point = drawn[dataIndex];
            return `${point.label}\n${percent.format(point.share)} (${interval(point)})\nn ${number.format(point.n)}`;
          },
        },
      },
    ],
  };
}

// --- Bars: a value a row, written as the server says it ------------------------------

function bars({ description, rows }) {
  const values = rows.map(({ value }) => value ?? 0);
  const plain = frame(description);
  return {
    ...plain,
    grid: { ...plain.grid, right: 96 }, // room for the words beside the longest bar
    xAxis: { type: "value", show: false, max: Math.max(...values) || 1 },
    yAxis: names(rows.map(({ label }) => label)),
    series: [
      {
        type: "bar",
        barMaxWidth: 22,
        itemStyle: { color: token("brand"), borderRadius: 4 },
        data: values,
        label: {
          show: true,
          position: "right",
          distance: 8,
          color: token("text"),
          fontSize: 12,
          formatter: ({ dataIndex }) => rows[dataIndex].text,
        },
        tooltip: { formatter: ({ dataIndex }) => `${rows[dataIndex].label}\n${rows[dataIndex].text}` },
      },
    ],
  };
}

// --- Lines: months along the way, a line a series -------------------------------------

const LINE_TOKENS = ["brand", "stage-accepted", "warn", "stage-customer", "bad"];

// Numbers that would run into those before them stand a row higher.
const AXIS_PIXELS = 70; // beside the drawing, with its numbers
const MARK_LETTER_PIXELS = 6;
const MARK_ROW_PIXELS = 13;

function rowsOf(places, count, width) {
  const ends = []; // of each row, from the lowest up: where its last numbers end
  return places.map(([place, name]) => {
    const middle = ((place + 0.5) / count) * (width - AXIS_PIXELS);
    const half = (name.length * MARK_LETTER_PIXELS) / 2;
    const free = ends.findIndex((end) => end < middle - half);
    const row = free < 0 ? ends.length : free;
    ends[row] = middle + half;
    return row;
  });
}

// What happened: a dotted line with its numbers in the sentence under the chart.
function marking(marks, labels, width) {
  const texts = new Map(); // place → numbered texts
  marks.forEach(({ place, text }, index) => {
    texts.set(place, [...(texts.get(place) ?? []), { number: index + 1, text }]);
  });
  const places = [...texts].map(([place, each]) => [
    place,
    each.map(({ number: count }) => `(${count})`).join(" "),
  ]);
  const rows = rowsOf(places, labels.length, width);
  const line = {
    symbol: "none",
    lineStyle: { color: token("muted"), type: "dotted" },
    label: { color: token("muted"), fontSize: 11, position: "end", formatter: ({ name }) => name },
    data: places.map(([place, name], index) => ({
      xAxis: labels[place],
      name,
      label: { distance: 5 + MARK_ROW_PIXELS * rows[index] },
      tooltip: { formatter: () => texts.get(place).map(({ text }) => text).join("\n") },
    })),
  };
  return { line, height: places.length ? MARK_ROW_PIXELS * (1 + Math.max(...rows)) : 0 };
}

// The names under the drawing break into as many rows as its width asks for.
const LEGEND_ROW_PIXELS = 20;
const LEGEND_MARK_PIXELS = 45; // the line and the air beside a name
const LETTER_PIXELS = 6.5;

function legendRows(titles, width) {
  let rows = 1;
  let used = 0;
  for (const title of titles) {
    const needed = LEGEND_MARK_PIXELS + LETTER_PIXELS * title.length;
    if (used && used + needed > width) {
      rows += 1;
      used = 0;
    }
    used += needed;
  }
  return rows;
}

function lines({ description, labels, series, isShare, marks = [] }, element) {
  const rows = legendRows(series.map(({ name }) => name), element.clientWidth);
  const { line, height } = marking(marks, labels, element.clientWidth);
  return {
    ...frame(description),
    legend: { bottom: 0, textStyle: { color: token("text") } },
    grid: {
      left: 8,
      right: 24,
      top: 16 + height,
      bottom: 16 + LEGEND_ROW_PIXELS * rows,
      containLabel: true,
    },
    xAxis: {
      type: "category",
      data: labels,
      axisLine: { lineStyle: { color: token("line-2") } },
      axisLabel: axisText("muted"),
    },
    yAxis: {
      type: "value",
      max: isShare ? 1 : undefined,
      axisLabel: axisText("muted", {
        hideOverlap: true,
        formatter: (value) => (isShare ? percent : number).format(value),
      }),
      splitLine: { lineStyle: { color: token("line") } },
    },
    series: series.map(({ name, values, texts }, place) => ({
      type: "line",
      name,
      data: values,
      symbolSize: 7,
      color: token(LINE_TOKENS[place % LINE_TOKENS.length]),
      lineStyle: { type: place ? "dashed" : "solid", width: 2 },
      markLine: place ? undefined : line,
      tooltip: { formatter: ({ dataIndex }) => `${name}, ${labels[dataIndex]}\n${texts[dataIndex]}` },
    })),
  };
}

// --- Drawing, and drawing again ----------------------------------------------------

const ROW_PIXELS = 30;
const MARGIN_PIXELS = 60; // the axis, and air
const AIR_PIXELS = 20; // around bars without an axis
const LINES_ROWS = 8; // as tall as so many bars
const kinds = { steps, rates, bars, lines }; // and those of chart_maps.js
globalThis.charting = { kinds, token, axisText, frame, names, number, percent };

function chartOf(element) {
  if (!charts.has(element)) {
    // A child without an id: htmx copies the attributes of what has one when it swaps,
    // and a copied style is against the CSP.
    const sheet = document.createElement("div");
    element.append(sheet);
    charts.set(element, echarts.init(sheet, null, { renderer: "svg", height: 1 }));
  }
  return charts.get(element);
}

function draw(element) {
  const source = JSON.parse(document.getElementById(element.dataset.source).textContent);
  const option = kinds[element.dataset.chart](source, element);
  const chart = chartOf(element);
  const margin = option.xAxis?.show === false ? AIR_PIXELS : MARGIN_PIXELS;
  chart.resize({ height: (option.yAxis?.data?.length ?? LINES_ROWS) * ROW_PIXELS + margin });
  chart.setOption(option, true);
}

function drawAll() {
  for (const [element, chart] of charts) {
    if (element.isConnected) continue;
    chart.dispose();
    charts.delete(element);
  }
  document.querySelectorAll("[data-chart]").forEach(draw);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-series]");
  if (!button) return;
  for (const other of button.parentElement.children) {
    other.setAttribute("aria-pressed", String(other === button));
  }
  const element = document.getElementById(button.getAttribute("aria-controls"));
  element.dataset.shown = button.dataset.series;
  draw(element);
});

document.addEventListener("htmx:after:swap", drawAll);
document.addEventListener("themechange", drawAll);
addEventListener("resize", () => charts.forEach((chart) => chart.resize()));

// Paper is white, whatever the theme, and narrower: a drawing with a view box shrinks.
let themeOnScreen;
addEventListener("beforeprint", () => {
  themeOnScreen = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
  drawAll();
  for (const chart of charts.values()) {
    chart.setOption({ animation: false });
    chart.getZr().flush();
    const drawing = chart.getDom().querySelector("svg");
    drawing.setAttribute("viewBox", `0 0 ${chart.getWidth()} ${chart.getHeight()}`);
  }
});
addEventListener("afterprint", () => {
  if (themeOnScreen) document.documentElement.dataset.theme = themeOnScreen;
  else delete document.documentElement.dataset.theme;
  charts.forEach((chart) => chart.getDom().querySelector("svg").removeAttribute("viewBox"));
  drawAll();
});

// When the other kinds are there as well, and the font: a name is measured once, so one
// that was measured in another font would be cut or leave a gap.
const FONT_PATIENCE = 1000; // milliseconds
document.addEventListener("DOMContentLoaded", async () => {
  const { fontFamily } = getComputedStyle(document.body);
  const late = new Promise((resolve) => setTimeout(resolve, FONT_PATIENCE));
  await Promise.race([document.fonts.load(`12px ${fontFamily}`), late]).catch(() => {});
  drawAll();
});
