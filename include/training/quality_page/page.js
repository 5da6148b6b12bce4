"use strict";
// Airflow's own theme, where this page is in its frame; the system's where it is not.
function follow(outer) {
  const theme = outer.classList.contains("dark") ? "dark" : outer.classList.contains("light") ? "light" : "";
  document.documentElement.dataset.theme = theme;
}
if (parent !== window) {
  const outer = parent.document.documentElement;
  follow(outer);
  new MutationObserver(() => follow(outer)).observe(outer, { attributeFilter: ["class"] });
}
// Times in the time zone that is chosen in Airflow, which keeps it in the browser; UTC where none is.
const DAY = 86_400_000;
function tell(time) {
  const at = new Date(time.dateTime);
  const timeZone = JSON.parse(localStorage.getItem("timezone") ?? '"UTC"');
  const parts = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short", timeZone };
  time.textContent = at.toLocaleString("en-GB", parts);
  time.title = new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.round((at - Date.now()) / DAY), "day");
}
const tellAll = () => document.querySelectorAll("time").forEach(tell);
tellAll();
addEventListener("storage", tellAll);
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-airflow]");
  if (link && parent !== window) {
    // The frame may not lead its window elsewhere; a link of the window itself may.
    event.preventDefault();
    const outer = parent.document.createElement("a");
    outer.href = link.href;
    outer.target = event.ctrlKey || event.metaKey ? "_blank" : "";
    outer.click();
  }
  const button = event.target.closest("button[data-copy]");
  if (button) {
    const field = button.previousElementSibling;
    field.select();
    // Without HTTPS there is no clipboard to write to, but what is selected can be copied.
    if (navigator.clipboard) await navigator.clipboard.writeText(field.value);
    else document.execCommand("copy");
    button.textContent = "Copied";
  }
});
