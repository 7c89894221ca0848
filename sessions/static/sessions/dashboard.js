/* Draws the numbers of the dashboard, in the colours of the theme that the admin is in. */
(() => {
  const drawn = JSON.parse(document.getElementById("drawn").textContent);
  const canvases = [...document.querySelectorAll("canvas[data-series]")];
  let charts = [];

  const draw = () => {
    const theme = getComputedStyle(document.documentElement);
    const colour = (name) => theme.getPropertyValue(name).trim();
    charts.forEach((chart) => chart.destroy());
    charts = canvases.map((canvas) => {
      const lying = "lying" in canvas.dataset;
      const numbers = { beginAtZero: true, grid: { color: colour("--hairline-color") }, ticks: { precision: 0, color: colour("--body-quiet-color") } };
      const names = {
        grid: { display: false },
        ticks: {
          color: colour("--body-quiet-color"),
          maxRotation: 0,
          autoSkip: !lying,
          autoSkipPadding: 12,
        },
      };
      return new Chart(canvas, {
        type: "bar",
        data: {
          labels: drawn[canvas.dataset.labels || "dates"],
          datasets: [{ data: drawn[canvas.dataset.series], backgroundColor: colour("--link-fg"), maxBarThickness: 28 }],
        },
        options: {
          animation: false,
          maintainAspectRatio: false,
          indexAxis: lying ? "y" : "x",
          scales: lying ? { x: numbers, y: names } : { x: names, y: numbers },
          plugins: { legend: { display: false } },
        },
      });
    });
  };

  draw();
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
})();
