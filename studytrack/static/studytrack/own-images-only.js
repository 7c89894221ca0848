/* Redoc's menu ends with a logo from another host; here everything comes from this one. Redoc leaves out what fails. */
(() => {
  const image = HTMLImageElement.prototype;
  const src = Object.getOwnPropertyDescriptor(image, "src");
  const isForeign = (address) => {
    const url = new URL(address, location.href);
    return url.protocol.startsWith("http") && url.origin !== location.origin;
  };
  const fail = (element) => setTimeout(() => element.dispatchEvent(new Event("error")));

  image.setAttribute = function (name, value) {
    name === "src" && isForeign(value) ? fail(this) : Element.prototype.setAttribute.call(this, name, value);
  };
  Object.defineProperty(image, "src", {
    ...src,
    set(value) {
      isForeign(value) ? fail(this) : src.set.call(this, value);
    },
  });
})();
