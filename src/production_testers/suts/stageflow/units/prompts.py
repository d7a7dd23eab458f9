"""`PromptLibrary`."""

from stageflow.agent import PromptLibrary, PromptRenderError, PromptTemplate


class Binding:
    errors = {KeyError: "unknown", PromptRenderError: "incomplete"}
    components = {
        "register": "stageflow.agent.prompts.PromptLibrary.register",
        "render": "stageflow.agent.prompts.PromptLibrary.render",
        "versions": "stageflow.agent.prompts.PromptLibrary.versions",
    }

    def __init__(self, settings, bench):
        self.library = PromptLibrary()

    async def perform(self, operation, arguments):
        name, version = arguments["name"], arguments.get("version")
        if operation == "register":
            prompt = PromptTemplate(name, version, arguments["template"])
            self.library.register(prompt, make_default=arguments["default"])
            return None
        if operation == "versions":
            return sorted(self.library.versions(name))
        prompt = self.library.render(name, version=version, variables=arguments["values"])
        return {"version": prompt.version, "text": prompt.content}
