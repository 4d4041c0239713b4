// The link in the e-mail carries its token behind a #, which no server and no log ever sees; the form sends it on.
document.getElementById("token").value = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
history.replaceState(null, "", location.pathname);
