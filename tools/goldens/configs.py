"""Writes test/fixtures/config-classes.json: every key of every config class of diffusers and transformers that a model folder may
hold, read from the sources, so that classes which need more packages are there too. `python tools/goldens/configs.py`"""
import ast
import json
from importlib.util import find_spec
from pathlib import Path

OUT = Path(__file__).parents[2] / "test/fixtures/config-classes.json"


def root(package: str) -> Path:
    return Path(find_spec(package).submodule_search_locations[0])


def registered(path: Path) -> dict[str, list[str]]:
    """Classes whose `__init__` registers its arguments as the config."""
    found = {}
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.ClassDef):
            continue
        for method in node.body:
            if not isinstance(method, ast.FunctionDef) or method.name != "__init__":
                continue
            if any(isinstance(d, ast.Name) and d.id == "register_to_config" for d in method.decorator_list):
                arguments = [*method.args.args, *method.args.kwonlyargs]
                found[node.name] = [a.arg for a in arguments if a.arg != "self"]
    return found


def main() -> None:
    diffusers = root("diffusers")
    schedulers: dict[str, list[str]] = {}
    for path in sorted((diffusers / "schedulers").rglob("*.py")):
        schedulers |= {name: keys for name, keys in registered(path).items() if not name.startswith("Flax")}
    networks = registered(diffusers / "models/unets/unet_2d_condition.py")
    networks |= registered(diffusers / "models/autoencoders/autoencoder_kl.py")
    from transformers import CLIPTextConfig, CLIPVisionConfig, ViTConfig

    for config in (CLIPTextConfig, CLIPVisionConfig, ViTConfig):
        networks[config.__name__] = sorted(config().to_dict())
    OUT.write_text(json.dumps({"schedulers": schedulers, "networks": networks}, indent=1) + "\n")


if __name__ == "__main__":
    main()
