// Dialogs with a form.

import { list } from "./api.js";
import { el } from "./dom.js";

// openForm shows a dialog; when it is sent, send gets the form's data. The dialog closes when send is done and shows what
// send throws.
export function openForm(id, send) {
  const dialog = document.getElementById(id);
  const form = dialog.querySelector("form");
  const fault = form.querySelector(".form-error");
  fault.textContent = "";
  form.onsubmit = async (event) => {
    event.preventDefault();
    fault.textContent = "";
    const button = form.querySelector(".primary");
    button.disabled = true;
    try {
      await send(new FormData(form));
      form.reset();
      dialog.close();
    } catch (error) {
      fault.textContent = error.hint ? `${error.message} – ${error.hint}` : error.message;
    } finally {
      button.disabled = false;
    }
  };
  for (const close of form.querySelectorAll("[data-close]")) close.onclick = () => dialog.close();
  if (!dialog.open) dialog.showModal();
}

// profileOptions fills a dialog's choice of profiles.
export async function profileOptions(id) {
  const select = document.getElementById(id).querySelector("select[name=profile]");
  const chosen = select.value;
  select.replaceChildren(...(await list("profiles")).map((p) => el("option", { value: p.name, selected: p.name === (chosen || "hd5") },
    p.description ? `${p.name}: ${p.description}` : p.name)));
}
