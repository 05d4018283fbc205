// Kinds of charts beside those of charts.js, which draws them.

const { kinds, token, axisText, frame, names, number, percent } = globalThis.charting;

// --- Pareto: a bar a row, and what they are together with those above -----------------

const ENOUGH = 0.8;

function pareto({ description, rows }) {
  const plain = frame(description);
  const counts = rows.map(({ value }) => value);
  return {
    ...plain,
    grid: { ...plain.grid, top: 8, right: 24 },
    xAxis: [
      { type: "value", show: false, max: Math.max(1, ...counts) * 1.15 },
      {
        type: "value",
        position: "bottom",
        min: 0,
        max: 1,
        axisLabel: axisText("muted", { formatter: (share) => percent.format(share) }),
        splitLine: { lineStyle: { color: token("line") } },
      },
    ],
    yAxis: names(rows.map(({ label }) => label)),
    series: [
      {
        type: "bar",
        barMaxWidth: 22,
        itemStyle: { color: token("brand"), borderRadius: 4 },
        data: counts,
        label: {
          show: true,
          position: "insideLeft",
          color: token("surface"),
          fontSize: 12,
          formatter: ({ value }) => number.format(value),
        },
        tooltip: { formatter: ({ dataIndex }) => rows[dataIndex].text },
      },
      {
        type: "line",
        xAxisIndex: 1,
        symbolSize: 7,
        color: token("warn"),
        lineStyle: { width: 2 },
        data: rows.map(({ soFar }, row) => [soFar, row]),
        tooltip: { formatter: ({ dataIndex }) => rows[dataIndex].text },
        markLine: {
          symbol: "none",
          silent: true,
          lineStyle: { color: token("muted"), type: "dotted" },
          label: { show: false },
          data: [{ xAxis: ENOUGH }],
        },
      },
    ],
  };
}

// --- Heat: a field a row and column, the darker the greater its share ------------------

// Of two colours of text the one that is read better on a mixture of two others.
const parts = (name) => token(name).match(/[\d.]+/g).slice(0, 3).map(Number);

function luminance(colour) {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, two) {
  const [low, high] = [luminance(one), luminance(two)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function readable(share, [from, to]) {
  const field = from.map((part, place) => part + share * (to[place] - part));
  const [plain, other] = ["text", "surface"];
  return contrast(parts(plain), field) >= contrast(parts(other), field) ? plain : other;
}

// Narrower fields have no room for a share with its fraction.
const ROOM_PIXELS = 52;
const wholePercent = new Intl.NumberFormat(document.documentElement.lang, {
  style: "percent",
  maximumFractionDigits: 0,
});

function heat({ description, columns, rows, cells }, element) {
  const isTight = element.clientWidth / (columns.length + 1) < ROOM_PIXELS;
  const shown = isTight ? wholePercent : percent;
  const known = cells.filter(([, , share]) => share !== null);
  const highest = Math.max(0.01, ...known.map(([, , share]) => share));
  const ends = [parts("surface-2"), parts("brand")];
  const axis = (data) => ({
    type: "category",
    data,
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: axisText("muted"),
  });
  return {
    ...frame(description),
    grid: { left: 8, right: 16, top: 8, bottom: 8, containLabel: true },
    xAxis: { ...axis(columns), position: "top" },
    yAxis: { ...axis(rows), inverse: true },
    visualMap: {
      show: false,
      min: 0,
      max: highest,
      dimension: 2,
      inRange: { color: [token("surface-2"), token("brand")] },
    },
    series: [
      {
        type: "heatmap",
        data: known.map(([x, y, share, text]) => ({
          value: [x, y, share],
          text,
          label: { color: token(readable(share / highest, ends)) },
        })),
        label: { show: true, fontSize: 12, formatter: ({ value }) => shown.format(value[2]) },
        itemStyle: { borderColor: token("surface"), borderWidth: 2, borderRadius: 4 },
        tooltip: {
          formatter: ({ data }) => `${rows[data.value[1]]}, ${columns[data.value[0]]}\n${data.text}`,
        },
      },
    ],
  };
}

// --- Flows: bands from the stage that was left to the one entered ------------------------

function flows({ description, nodes, links }) {
  const labels = Object.fromEntries(nodes.map(({ name, label }) => [name, label]));
  return {
    ...frame(description),
    series: [
      {
        type: "sankey",
        left: 8,
        right: 110,
        top: 12,
        bottom: 12,
        nodeGap: 14,
        layoutIterations: 0,
        emphasis: { focus: "adjacency" },
        data: nodes.map(({ name, stage }) => ({
          name,
          itemStyle: { color: token(`stage-${stage}`), borderWidth: 0 },
        })),
        links,
        lineStyle: { color: "source", opacity: 0.35 },
        label: { color: token("text"), fontSize: 12, formatter: ({ name }) => labels[name] },
        tooltip: {
          formatter: ({ dataType, data, name, value }) =>
            dataType === "edge"
              ? `${labels[data.source]} → ${labels[data.target]}\n${number.format(data.value)}`
              : `${labels[name]}\n${number.format(value)}`,
        },
      },
    ],
  };
}

Object.assign(kinds, { pareto, heat, flows });
