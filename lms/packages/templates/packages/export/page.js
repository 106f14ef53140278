// What a lesson does in any system: offers "I have read it", and says that it is done.
const done = document.getElementById("done");
const told = document.getElementById("told");
const show = (isDone) => {
  done.hidden = isDone;
  told.textContent = isDone ? told.dataset.done : "";
};
done.addEventListener("click", async () => {
  done.disabled = true;
  let isKept = false;
  try { isKept = await complete(); } catch { isKept = false; }
  done.disabled = false;
  if (isKept) show(true);
  else told.textContent = told.dataset.lost;
});
